import Presentation
import Testing

@testable import ConfigModel

/// The look of diagnostics; the golden files of `samples/invalid` show it on whole configurations.
struct DiagnosticTextTests {
    private func render(
        _ source: String, line: Int, from: Int, to: Int, reason: String = "why", hiding secrets: [SourceSpan] = []
    ) -> String {
        let span = SourceSpan(start: SourceMark(line: line, column: from), end: SourceMark(line: line, column: to))
        return DiagnosticText(fileName: "f.yaml", source: SourceText(Array(source.utf8)), secrets: secrets)
            .render([Diagnostic(.wrongType, at: span, path: "rules[0]", reason)])
    }

    @Test func showsPlacePathReasonCodeLineAndCaret() {
        #expect(
            render("a: 1\nkey: value\n", line: 2, from: 6, to: 11)
                == "f.yaml:2:6: error: rules[0]: why [wrong-type]\n    2 | key: value\n      |      ^~~~~\n")
    }

    @Test(arguments: [(.error, "1;31"), (.warning, "33")] as [(Diagnostic.Severity, String)])
    func onATerminalThePlaceIsBoldAndTheFaultColoured(severity: Diagnostic.Severity, code: String) {
        let span = SourceSpan(start: SourceMark(line: 1, column: 4), end: SourceMark(line: 1, column: 6))
        let style = TerminalStyle(isColoured: true)
        let text = DiagnosticText(fileName: "f", source: SourceText(Array("a: bc".utf8)), style: style)
            .render([Diagnostic(.wrongType, severity: severity, at: span, path: "rules[0]", "why")])
        #expect(
            text
                == "\u{1B}[1mf:1:4:\u{1B}[0m \u{1B}[\(code)m\(severity.rawValue):\u{1B}[0m rules[0]: why [wrong-type]\n"
                + "    1 | a: bc\n      |    \u{1B}[\(code)m^~\u{1B}[0m\n")
    }

    @Test func theGutterGrowsWithTheLineNumber() {
        let source = String(repeating: "\n", count: 123_455) + "x"
        #expect(render(source, line: 123_456, from: 1, to: 2).hasSuffix("\n123456 | x\n       | ^\n"))
    }

    @Test(arguments: [
        ("é: x", 4, 5, "   ^"), ("日本: x", 5, 6, "      ^"), ("日本: x", 1, 3, "^~~~"), ("e\u{301}: x", 5, 6, "   ^"),
        ("\tx", 2, 3, "\t^"),
        ("🛑 x", 3, 4, "   ^"), ("x", 2, 3, " ^"), ("x", 1, 1, "^"), ("abc", 2, 99, " ^~"),
    ])
    func theCaretStandsBelowTheFaultOnATerminal(line: String, from: Int, to: Int, caret: String) {
        #expect(render(line, line: 1, from: from, to: to).hasSuffix("      | \(caret)\n"))
    }

    @Test func aFaultOverSeveralLinesIsMarkedToTheEndOfItsFirst() {
        let span = SourceSpan(start: SourceMark(line: 1, column: 4), end: SourceMark(line: 3, column: 2))
        let text = DiagnosticText(fileName: "f", source: SourceText(Array("a: 'one\n two\n x'".utf8)))
            .render([Diagnostic(.wrongType, at: span, path: .root, "why")])
        #expect(text == "f:1:4: error: why [wrong-type]\n    1 | a: 'one\n      |    ^~~~\n")
    }

    @Test func aFaultBehindTheLastLineHasNoExcerpt() {
        #expect(render("a: 1\n", line: 2, from: 1, to: 2) == "f.yaml:2:1: error: rules[0]: why [wrong-type]\n")
        #expect(render("a: 1\n", line: 9, from: 1, to: 2) == "f.yaml:9:1: error: rules[0]: why [wrong-type]\n")
    }

    @Test(arguments: [1, 50, 119, 120, 121, 500, 999])
    func aLongLineIsCutAroundItsFault(column: Int) throws {
        let source = String(repeating: "x", count: column - 1) + "!" + String(repeating: "y", count: 1_000 - column)
        let lines = render(source, line: 1, from: column, to: column + 1).split(separator: "\n").map(Array.init)
        #expect(lines[1].count <= 8 + 122)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        #expect(lines[1][caret] == "!")
    }

    @Test func secretsAreStarsOfTheSameLength() {
        let secret = SourceSpan(start: SourceMark(line: 1, column: 4), end: SourceMark(line: 2, column: 3))
        #expect(render("a: one\ntwo: x", line: 1, from: 1, to: 2, hiding: [secret]).contains("| a: ***\n"))
        #expect(render("a: one\ntwo: x", line: 2, from: 6, to: 7, hiding: [secret]).contains("| **o: x\n"))
    }

    @Test(arguments: ["\u{1B}", "\u{7}", "\u{8}", "\u{9B}", "\u{202E}", "\u{2066}", "\u{2028}"])
    func nothingSteersTheTerminal(character: String) {
        let text = render("a\(character)b", line: 1, from: 1, to: 2, reason: "why \(character) not")
        #expect(!text.contains(character))
        #expect(text.contains("why \u{FFFD} not"))
    }

    @Test func aReasonStaysOnItsLine() {
        #expect(
            render("a", line: 1, from: 1, to: 2, reason: "one\ntwo").hasPrefix(
                "f.yaml:1:1: error: rules[0]: one\u{FFFD}two [wrong-type]\n"))
    }

    @Test(arguments: [
        (20, ""), (21, "f: 1 more diagnostic is not shown\n"), (25, "f: 5 more diagnostics are not shown\n"),
    ])
    func atMost20AreShownAndTheRestIsCounted(count: Int, tail: String) {
        let faults = (1...count).map {
            Diagnostic(.wrongType, at: SourceSpan(at: SourceMark(line: $0, column: 1)), path: .root, "why")
        }
        let text = DiagnosticText(fileName: "f", source: SourceText([])).render(faults)
        #expect(text.split(separator: "\n").filter { $0.hasSuffix("[wrong-type]") }.count == min(count, 20))
        #expect(text.hasSuffix(tail))
        #expect(tail.isEmpty == !text.contains("more diagnostic"))
    }

    @Test func theListSortsByPlaceAndKeepsTheOrderAtOnePlace() {
        let list = DiagnosticList()
        for (line, reason) in [(3, "a"), (1, "b"), (2, "c"), (1, "d")] {
            list.report(.wrongType, at: SourceSpan(at: SourceMark(line: line, column: 1)), reason)
        }
        #expect(list.sorted().map(\.reason) == ["b", "d", "c", "a"])
        #expect(list.hasErrors)
        #expect(list.furtherCount == 0)
    }

    @Test func warningsAloneAreNoErrors() {
        let list = DiagnosticList()
        for _ in 0..<600 {
            list.report(Diagnostic(.unknownUser, severity: .warning, at: SourceSpan(at: .start), path: .root, "why"))
        }
        #expect(!list.hasErrors)
        #expect(list.furtherCount == 100)
        #expect(list.sorted()[0].description == "1:1: warning: why [unknown-user]")
    }

    @Test(arguments: Diagnostic.Code.allCases)
    func codesAreLowerCaseWordsWithHyphens(code: Diagnostic.Code) {
        #expect(code.rawValue.utf8.allSatisfy { (97...122).contains($0) || $0 == 45 })
    }

    @Test func pathsAreWrittenAsJSONPathsAre() {
        #expect(ConfigPath.root.appending("rules").appending(0).appending("name").description == "rules[0].name")
    }
}
