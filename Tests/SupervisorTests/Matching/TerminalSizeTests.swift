import Glibc
import TestSupport
import Testing

@testable import Supervisor

struct TerminalSizeTests {
    @Test(
        arguments: [
            ("a\nb\n", "\u{1B}[Ha\u{1B}[K\r\nb\u{1B}[K\u{1B}[J"),
            ("a\n\nb\n", "\u{1B}[Ha\u{1B}[K\r\n\u{1B}[K\r\nb\u{1B}[K\u{1B}[J"),
            ("a\nb\nc\nd\n", "\u{1B}[Ha\u{1B}[K\r\nb\u{1B}[K\r\n… 2 more …\u{1B}[K\u{1B}[J"),
            ("abcdefghijklm\n", "\u{1B}[Habcdefghi…\u{1B}[K\u{1B}[J"), ("", "\u{1B}[H\u{1B}[J"),
        ])
    func fitsAReportIntoTheWindow(text: String, screen: String) {
        #expect(TerminalSize(rows: 3, columns: 10).fit(text) == screen)
    }

    @Test func asksTheTerminal() throws {
        let terminal = try PseudoTerminal(rows: 7, columns: 33)
        let descriptor = unsafe open(terminal.path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(TerminalSize(of: descriptor) == TerminalSize(rows: 7, columns: 33))
        try terminal.resize(rows: 0, columns: 0)
        #expect(TerminalSize(of: descriptor) == TerminalSize(rows: 24, columns: 80))
        #expect(TerminalSize(of: -1) == TerminalSize(rows: 24, columns: 80))
    }
}
