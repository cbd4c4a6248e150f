import Glibc
import TestSupport

/// `knell run` on a configuration, with its log read line by line.
///
/// Every wait has the bound of ``ChildProcess/patience``. Knell is killed at the latest when this value goes.
final class KnellRun {
    let process: ChildProcess
    /// The events that have been read so far.
    private(set) var events: [LogEvent] = []
    let directory: TemporaryDirectory

    /// Starts `program`, or the `wrapper` that is to run it, with further `options` of `knell run`.
    ///
    /// `environment` has entries `NAME=value` besides `PATH`.
    init(
        _ configuration: String, options: [String] = [], wrapper: [String] = [], environment: [String] = [],
        program: String = Knell.path
    ) throws {
        directory = try TemporaryDirectory()
        let file = try directory.write(configuration, to: "knell.yaml")
        let command = wrapper + [program, "run", "--config", file] + options
        process = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: Knell.environment + environment, capturesError: true)
    }

    /// Starts `knell run` on a configuration that the test keeps where it is.
    init(file: String, options: [String] = [], wrapper: [String] = [], environment: [String] = []) throws {
        directory = try TemporaryDirectory()
        let command = wrapper + [Knell.path, "run", "--config", file] + options
        process = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: Knell.environment + environment, capturesError: true)
    }

    /// Starts `knell exec` with a command, and with a configuration where there is one.
    init(
        executing command: [String], configuration: String? = nil, options: [String] = [], wrapper: [String] = [],
        environment: [String] = [], program: String = Knell.path
    ) throws {
        directory = try TemporaryDirectory()
        var words = wrapper + [program, "exec"]
        if let configuration { words += ["--config", try directory.write(configuration, to: "knell.yaml")] }
        words += options + ["--"] + command
        process = try ChildProcess(
            words[0], Array(words.dropFirst()), environment: Knell.environment + environment, capturesError: true)
    }

    /// Puts another configuration in the place of the first, as a whole.
    func replaceConfiguration(_ text: String) throws {
        let new = try directory.write(text, to: "knell.yaml.new")
        guard unsafe rename(new, directory.file("knell.yaml")) == 0 else { throw KnellFault("rename: error \(errno)") }
    }

    /// The next event; `nil` at the end of the log.
    func nextEvent() throws -> LogEvent? {
        guard let line = try process.readLine(from: .standardError) else { return nil }
        let event = try LogEvent(line)
        events.append(event)
        return event
    }

    /// Reads on to the event of this name that has these fields.
    @discardableResult
    func await(_ name: String, _ fields: [String: String] = [:]) throws -> LogEvent {
        while let event = try nextEvent() {
            if event.name == name, event.has(fields) { return event }
        }
        throw KnellFault("no \(name) \(fields) in the log:\n\(log)")
    }

    /// Reads the log to its end and waits for the exit; the code, or 1000 and more where a signal killed Knell.
    func exitCode() throws -> Int32 {
        while try nextEvent() != nil {}
        return exitCode(ofWaitStatus: try process.wait())
    }

    /// Those of this name among the events that have been read.
    func events(named name: String, _ fields: [String: String] = [:]) -> [LogEvent] {
        events.filter { $0.name == name && $0.has(fields) }
    }

    /// The names of the events that have been read.
    var eventNames: [String] { events.map(\.name) }

    private var log: String { events.map(\.description).joined(separator: "\n") }
}

/// The binary under test.
enum Knell {
    static let path = TestProducts.path(of: "knell")

    /// Nothing of the test runner's own, in which a variable could be that Knell reads.
    static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + Sanitizer.environment

    /// What a command came to.
    struct Completion {
        let exitCode: Int32
        let output: String
        let errors: String
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], input: String? = nil, wrapper: [String] = [], environment: [String] = [],
        program: String = path
    ) throws -> Completion {
        let command = wrapper + [program] + arguments
        let process = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: Knell.environment + environment, capturesError: true)
        if let input { try process.send(input) }
        process.closeInput()
        let errors = try process.readToEnd(from: .standardError)
        let output = try process.readToEnd()
        return Completion(exitCode: Knell.exitCode(ofWaitStatus: try process.wait()), output: output, errors: errors)
    }

    /// The exit code, or 1000 and the signal where one killed the process: no code that Knell itself could give.
    static func exitCode(ofWaitStatus status: Int32) -> Int32 {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : 1_000 + status & 0x7F
    }
}

extension KnellRun {
    private func exitCode(ofWaitStatus status: Int32) -> Int32 { Knell.exitCode(ofWaitStatus: status) }
}

/// A configuration of one rule `r` that watches the process of this whole name.
///
/// `top` and `rule` are lines of the document and of the rule; further keys of `watch`, and each action, are in flow style.
func configuration(
    watching name: String, top: [String] = [], watch: String = "", rule: [String] = [], actions: [String] = []
) -> String {
    let lines =
        ["version: 1"] + top + [
            "rules:", "  - name: r",
            "    watch: {processes: [{name: '^\(name)$'}]\(watch.isEmpty ? "" : ", " + watch)}",
        ] + rule.map { "    " + $0 } + (actions.isEmpty ? [] : ["    actions:"] + actions.map { "      - " + $0 })
    return lines.joined(separator: "\n") + "\n"
}
