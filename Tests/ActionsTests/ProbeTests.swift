import LinuxProcesses
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

/// What a probe finds; `EndToEndTests` has what it says.
@Suite(.timeLimit(.minutes(10)))
struct ProbeTests {
    private func find(_ server: ScriptedServer, within timeout: Duration = .seconds(30)) throws -> Probe.Finding {
        let url = try HTTPURL(parsing: "http://127.0.0.1:\(server.port)/")
        return try Probe(url, timeout: timeout, tls: TLSSettings()).run()
    }

    @Test(arguments: [0, 1, 199, 200, 201, 5_000]) func keepsTheBeginningOfABody(length: Int) throws {
        let body = String((0..<length).map { "abcdefghij"[$0 % 10] })
        let server = try ScriptedServer(script: [.answer(503, body: body)])
        let expected = Array(body.utf8.prefix(Probe.bodyLimit))
        #expect(try find(server) == .answered(status: 503, bodyStart: expected))
    }

    @Test func tellsTheEndingsApart() throws {
        #expect(try find(ScriptedServer(script: [.closeAtOnce])) == .dropped)
        #expect(try find(ScriptedServer(script: [.sendAndHang("")]), within: .milliseconds(50)) == .timedOut)
        let server = try ScriptedServer(script: [.answer(200)])
        server.stop()
        #expect([.refused, .dropped].contains(try find(server)))
    }
}

extension String {
    fileprivate subscript(offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}
