import Presentation
import Testing

struct StringTruncationTests {
    @Test(
        arguments: [
            ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("", 0, ""), ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("e\u{301}f", 2, "e\u{301}f"),
        ] as [(String, Int, String)])
    func fitsIntoTheCells(text: String, width: Int, expected: String) {
        #expect(text.truncated(toWidth: width) == expected)
        #expect(text.truncated(toWidth: width).displayWidth <= width)
    }

    @Test func sequencesTakeNoCell() {
        let style = TerminalStyle(isColoured: true)
        #expect((style.bold("ab") + "c").truncated(toWidth: 3) == style.bold("ab") + "c")
    }

    @Test func aStyleThatIsCutIsClosed() {
        let style = TerminalStyle(isColoured: true)
        #expect(style.bold("abcd").truncated(toWidth: 3) == "\u{1B}[1mab…\u{1B}[0m")
        #expect((style.bold("ab") + "cde").truncated(toWidth: 4) == style.bold("ab") + "c…")
    }
}
