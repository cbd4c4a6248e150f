import Testing

@testable import ConfigModel

struct SourceTextTests {
    private func line(_ number: Int, of text: String) -> String? {
        SourceText(Array(text.utf8)).line(number).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"])
    func linesEndWhereLibyamlEndsThem(lineEnd: String) {
        let text = "één\(lineEnd)\(lineEnd)three"
        #expect([1, 2, 3, 4].map { line($0, of: text) } == ["één", "", "three", nil])
        #expect(line(4, of: text + lineEnd) == "")
    }

    @Test func anEmptyTextHasOneEmptyLine() {
        #expect(line(1, of: "") == "")
        #expect(line(2, of: "") == nil)
    }

    /// Where no tree tells what is a header, the look of the lines must.
    @Test(arguments: [
        ("headers: {a: SECRET}", ["headers:"]),
        (
            "- http:\n    headers:\n      a: SECRET\n      b: SECRET\n    url: x",
            ["- http:", "    headers:", "      a: ", "      b: ", "    url: x"]
        ),
        ("http: {url: x, headers: {a: SECRET,\n    b: SECRET}}\nz: 1", ["http: {url: x, headers:", "    b: ", "z: 1"]),
        ("body: |\n  SECRET\n\n  SECRET\nz: 1", ["body:", "  ", "", "  ", "z: 1"]),
        ("'body' : SECRET", ["'body' :"]), ("bodyguard: x", ["bodyguard: x"]), ("a: SECRET", ["a: SECRET"]),
        ("ключ: 1, body: SECRET", ["ключ: 1, body:"]),
    ])
    func whatLooksLikeAHeaderOrABodyIsTakenForASecret(text: String, visible: [String]) {
        let source = SourceText(Array(text.utf8))
        let spans = source.likelySecrets(under: Keys.secretNames)
        let shown = (1...visible.count).map { number in
            var characters = Array((line(number, of: text) ?? "").unicodeScalars)
            if let span = spans.first(where: { $0.start.line == number }) {
                characters.removeSubrange((span.start.column - 1)...)
            }
            return String(String.UnicodeScalarView(characters))
        }
        #expect(shown == visible)
    }
}
