import Foundation
import TestSupport
import Testing

/// `knell explain` through the binary.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct ExplainTests {
    @Test(arguments: Repository.samples(in: "samples")) func explainsEverySample(file: String) throws {
        let text = try Knell.run(["explain", "--allow-undefined-variables", file])
        #expect(text.exitCode == 0 && text.errors.isEmpty, "\(text.errors)")
        let tooLong = text.output.split(separator: "\n").filter { $0.count > 92 }
        #expect(tooLong.isEmpty)
        for part in ["Rule ", "watches", "Its exit code", "SIGTERM to Knell", "Exit code of Knell"] {
            #expect(text.output.contains(part), "\(part)")
        }
        let json = try Knell.run(["explain", "--allow-undefined-variables", "--format", "json", file])
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let rules = try #require(object?["rules"] as? [[String: Any]])
        let diagram = try Knell.run(["explain", "--allow-undefined-variables", "--format", "mermaid", file])
        #expect(diagram.output.hasPrefix("flowchart TD\n"))
        for rule in rules {
            let name = try #require(rule["name"] as? String)
            #expect(text.output.contains("\nRule \(name)\n"))
            #expect(diagram.output.contains("[\"rule \(name)\"]"))
        }
    }

    @Test func readsStandardInput() throws {
        let yaml = configuration(watching: "main", actions: ["shutdown: linkerd"])
        let completion = try Knell.run(["explain", "-"], input: yaml)
        #expect(completion.exitCode == 0)
        #expect(completion.output.hasPrefix("<stdin>: 1 rule\n"))
        #expect(completion.output.contains("POST http://127.0.0.1:4191/shutdown"))
        #expect(completion.output.contains("on 404"))
    }

    @Test func isColouredOnATerminalOnly() throws {
        let completion = try Knell.run(["explain", "-"], input: configuration(watching: "main"))
        #expect(!completion.output.contains("\u{1B}"))
    }

    @Test func exitsAsValidateDoes() throws {
        let directory = try TemporaryDirectory()
        let missing = try Knell.run(["explain", directory.file("none.yaml")])
        #expect(missing.exitCode == 66)
        #expect(missing.errors.contains("ENOENT"))
        #expect(missing.output.isEmpty)
        let faulty = try Knell.run(["explain", "-"], input: "version: 1\nrules: 3\n")
        #expect(faulty.exitCode == 78)
        #expect(faulty.errors.contains("<stdin>:2:8: error: rules: expected a list"))
        #expect(faulty.output.isEmpty)
        #expect(try Knell.run(["explain"]).exitCode == 64)
        #expect(try Knell.run(["explain", "-", "--format", "xml"]).exitCode == 64)
    }

    @Test func takesUndefinedVariablesOnlyWhenTold() throws {
        let yaml = configuration(watching: "main", actions: ["touch: $(NOWHERE)/done"])
        #expect(try Knell.run(["explain", "-"], input: yaml).exitCode == 78)
        let completion = try Knell.run(["explain", "-", "--allow-undefined-variables"], input: yaml)
        #expect(completion.exitCode == 0)
        #expect(completion.errors.contains("warning"))
        #expect(completion.output.contains("touch $(NOWHERE)/done"))
    }

    /// With `UPDATE_DOCS=1` in the environment what is shown is written instead of compared.
    @Test(arguments: ["text", "json", "mermaid"]) func theDocumentationShowsWhatItPrints(format: String) throws {
        let document = MarkdownDocument(path: "docs/explain.md")
        let snippets = try document.snippets()
        var lines = try document.lines()
        let configuration = try #require(snippets.first { $0.info == "yaml" })
        let shown = try #require(snippets.first { $0.remark == "explain \(format)" })
        let directory = try TemporaryDirectory()
        let file = try directory.write(configuration.text, to: "knell.yaml")
        let output = try Knell.run(["explain", "--format", format, file]).output
            .replacingOccurrences(of: directory.path + "/", with: "")
        guard ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" else {
            #expect(shown.text == output, "UPDATE_DOCS=1 rewrites docs/explain.md")
            return
        }
        lines.replaceSubrange(shown.range, with: output.components(separatedBy: "\n").dropLast())
        try document.write(lines)
    }
}
