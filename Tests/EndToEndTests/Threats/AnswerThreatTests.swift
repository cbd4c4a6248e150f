import TestSupport
import Testing

/// Answers of an endpoint that another container has taken, made to hold Knell up or to fill its memory.
@Suite(.timeLimit(.minutes(10)))
struct AnswerThreatTests {
    private func run(_ step: ScriptedServer.Step) throws -> (knell: KnellRun, measured: Measurement) {
        let (main, server) = (try Target(), try ScriptedServer(script: [step]))
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{http: {url: 'http://127.0.0.1:\(server.port)/'}, timeout: 500ms, retry: {attempts: 2, delay: 1ms}}"
                ]), wrapper: [TestProducts.path(of: "test-process"), "--measure"])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").count == 1)
        return (knell, try #require(Measurement(try knell.process.readToEnd())))
    }

    static let continues = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 20_000)

    @Test(
        arguments: [
            ("100 Continue without end", .sendAndHang(continues)),
            ("a head of 4 MiB", .sendAndHang("HTTP/1.1 200 OK\r\nx: " + String(repeating: "x", count: 4 << 20))),
            (
                "200,000 headers",
                .sendAndHang("HTTP/1.1 200 OK\r\n" + (0..<200_000).map { "x-\($0): y\r\n" }.joined())
            ),
            (
                "a chunk that is larger than any memory",
                .sendAndHang("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")
            ),
            ("a reason that steers a terminal", .send("HTTP/1.1 500 \u{1B}[2J\u{7}\r\nContent-Length: 0\r\n\r\n")),
        ] as [(String, ScriptedServer.Step)])
    func endsInTimeAndMemory(what: String, step: ScriptedServer.Step) throws {
        let (knell, measured) = try run(step)
        measured.expectModest()
        for event in knell.events {
            #expect(event.description.utf8.count < 4_096 && !event.description.contains("\u{1B}"), "\(event)")
        }
    }
}
