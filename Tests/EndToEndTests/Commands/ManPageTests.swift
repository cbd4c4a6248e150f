import TestSupport
import Testing

/// The manual page, and the script that writes it.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Programs.has("python3"), "Scripts/man-page needs python3"))
struct ManPageTests {
    private static let script = "\(Repository.root)/Scripts/man-page"

    private func page(of program: String) throws -> String {
        let process = try ChildProcess(Self.script, [program], capturesError: true)
        process.closeInput()
        let (text, errors) = (try process.readToEnd(), try process.readToEnd(from: .standardError))
        guard try process.wait() == 0 else { throw KnellFault("man-page fails: \(errors)") }
        return text
    }

    /// A program that declares itself as told.
    private func program(declaring json: String, in directory: TemporaryDirectory) throws -> String {
        let declaration = try directory.write(json, to: "declaration.json")
        let path = try directory.write(
            "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 1.2.3; else cat '\(declaration)'; fi\n", to: "program")
        // Marked by a process of its own, for the reason that TemporaryDirectory.copy(ofProgram:) has.
        #expect(try ChildProcess("/bin/chmod", ["755", path]).wait() == 0)
        return path
    }

    @Test func thePageIsWhatTheCommandsDeclare() throws {
        let (current, written) = (
            try page(of: Knell.path), try String(contentsOfProc: "\(Repository.root)/docs/man/knell.1")
        )
        // Compared apart, or a failure would print both pages.
        let isCurrent = current == written
        #expect(isCurrent, "docs/man/knell.1 is behind: make man")
    }

    @Test func everyCommandAndOptionIsInIt() throws {
        let text = try page(of: Knell.path)
        for command in ["run", "validate", "simulate", "match", "presets"] {
            #expect(text.contains("\n.SS \(command)\n"))
        }
        #expect(text.contains(#"\fB\-\-show\-command\-lines\fR"#))
        #expect(text.contains(#"\fB\-\-log\-level\fR \fIlevel\fR"#))
        for section in ["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"] {
            #expect(text.contains("\n.SH \(section)\n"))
        }
    }

    @Test func nothingThatIsDeclaredIsTakenForAnInstruction() throws {
        let directory = try TemporaryDirectory()
        let json = #"""
            {"command": {"commandName": "x", "abstract": ".B a \\fBb `c-d` 'e'",
              "discussion": "One.\n\nExamples:\n  .x --y '\\n'\n  'z", "arguments": [],
              "subcommands": [{"commandName": "do", "abstract": "Does.", "arguments": [
                {"kind": "positional", "valueName": "file", "isRepeating": true, "abstract": "Files."},
                {"kind": "option", "valueName": "n", "isOptional": true, "names": [{"kind": "long", "name": "n-n"}],
                 "abstract": "Number.", "allValues": ["1", "2"], "defaultValue": "1"},
                {"kind": "flag", "names": [{"kind": "short", "name": "q"}], "abstract": "No.", "shouldDisplay": false}]}]}}
            """#
        let text = try page(of: try program(declaring: json, in: directory))
        #expect(text.contains("\n\\&.B a \\efBb \\fBc\\-d\\fR \\(aqe\\(aq\n"))
        #expect(text.contains("\n.EX\n\\&.x \\-\\-y \\(aq\\en\\(aq\n\\(aqz\n.EE\n"))
        #expect(text.contains("\n\\fBx do\\fR \\fIfile\\fR ... [\\fB\\-\\-n\\-n\\fR \\fIn\\fR]\n"))
        #expect(text.contains("\n\\fBx do\\fR [\\fIoptions\\fR] \\fIfile\\fR ...\n"))
        #expect(text.contains("\nNumber. One of 1, 2. Default: 1.\n"))
        #expect(!text.contains("\\-q"))
        #expect(text.contains(#""x 1.2.3""#))
    }

    @Test(.enabled(if: Programs.has("mandoc"), "mandoc is not installed"))
    func mandocHasNothingToSay() throws {
        let process = try ChildProcess("mandoc", ["-Tlint", "\(Repository.root)/docs/man/knell.1"])
        #expect(try process.readToEnd() == "")
        #expect(try process.wait() == 0)
    }
}
