import Glibc
import TestSupport
import Testing

/// Colour and log format: on a terminal, and only there.
@Suite(.timeLimit(.minutes(10)))
struct TerminalTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What a command writes on a terminal.
    private func onTerminal(
        _ arguments: [String], environment: [String] = ["TERM=xterm"]
    ) throws -> (text: String, exitCode: Int32) {
        let terminal = try PseudoTerminal()
        let knell = try ChildProcess(
            Knell.path, arguments, environment: Knell.environment + environment, terminal: terminal)
        let text = try terminal.readToEnd()
        return (text, Knell.exitCode(ofWaitStatus: try knell.wait()))
    }

    /// A run that is over at once: it watches what is not there.
    private func quickRun(_ options: [String] = []) throws -> [String] {
        let file = try directory.write(
            configuration(watching: uniqueName(), watch: "startTimeout: 1ms"), to: "run.yaml")
        return ["run", "--config", file] + options
    }

    private func invalidFile() throws -> String { try directory.write("version: 2\n", to: "invalid.yaml") }

    @Test func coloursDiagnosticsOnATerminal() throws {
        let (text, exitCode) = try onTerminal(["validate", try invalidFile()])
        #expect(exitCode == 78)
        #expect(text.contains("\u{1B}[1;31merror:\u{1B}[0m"))
        #expect(text.contains("\u{1B}[1;31m^\u{1B}[0m"))
        #expect(text.contains("\u{1B}[1m\(directory.file("invalid.yaml")):1:10:\u{1B}[0m"))
    }

    @Test func coloursOwnErrorsOnATerminal() throws {
        let (text, exitCode) = try onTerminal(["validate", directory.file("missing.yaml")])
        #expect(exitCode == 66)
        #expect(text.hasPrefix("knell: \u{1B}[1;31merror:\u{1B}[0m cannot read the configuration: "))
    }

    @Test func coloursTablesOnATerminal() throws {
        #expect(try onTerminal(["presets"]).text.hasPrefix("\u{1B}[1mPRESET\u{1B}[0m"))
    }

    @Test(arguments: ["NO_COLOR=1", "TERM=dumb"])
    func coloursNothingWhereThatIsNotWanted(variable: String) throws {
        let environment = ["TERM=xterm", variable].suffix(variable.hasPrefix("TERM") ? 1 : 2)
        for command in [["validate", try invalidFile()], ["presets"], try quickRun()] {
            let text = try onTerminal(command, environment: Array(environment)).text
            #expect(!text.isEmpty)
            #expect(!text.contains("\u{1B}"))
        }
    }

    @Test func anEmptyNO_COLORCountsAsUnset() throws {
        #expect(try onTerminal(["presets"], environment: ["TERM=xterm", "NO_COLOR="]).text.contains("\u{1B}"))
    }

    @Test func coloursNothingInAPipe() throws {
        for command in [["validate", try invalidFile()], ["presets"], try quickRun(["--log-format", "text"])] {
            let completion = try Knell.run(command, environment: ["TERM=xterm"])
            #expect(!(completion.output + completion.errors).isEmpty)
            #expect(!(completion.output + completion.errors).contains("\u{1B}"))
        }
    }

    @Test func logsColouredTextOnATerminal() throws {
        let (text, exitCode) = try onTerminal(try quickRun())
        #expect(exitCode == 1)
        #expect(text.contains("\u{1B}[32mINFO\u{1B}[0m \u{1B}[1mrun.started\u{1B}[0m"))
        #expect(text.contains("\u{1B}[1;31mERROR\u{1B}[0m \u{1B}[1mrun.finished\u{1B}[0m"))
    }

    @Test func logsPlainJSONOnATerminalWhenAskedFor() throws {
        let text = try onTerminal(try quickRun(["--log-format", "json"])).text
        let lines = text.split(separator: "\r\n")
        #expect(!lines.isEmpty)
        for line in lines { _ = try LogEvent(String(line)) }
        #expect(!text.contains("\u{1B}"))
    }

    @Test func helpNamesEveryCommandAndShowsExamples() throws {
        let bare = try Knell.run([])
        #expect(bare.exitCode == 0)
        #expect(bare.output == (try Knell.run(["--help"]).output))
        for command in ["run", "validate", "match", "presets"] {
            #expect(bare.output.contains("\n  \(command) "))
            let help = try Knell.run([command, "--help"])
            #expect(help.exitCode == 0)
            #expect(help.output.contains("Examples:\n  knell \(command)"))
        }
    }
}
