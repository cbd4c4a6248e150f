import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct WarmUpTests {
    @Test func theRehearsalIsAnsweredAndTellsNobody() throws {
        let harness = try RunnerHarness()
        let rehearsal = try #require(Rehearsal(on: harness.loop))
        let transport = HTTPTransport()
        var result: AttemptResult?
        let address: ReplyAddress<AttemptResult> = harness.desk.await { result = $0 }
        guard case .success = transport.begin(rehearsal.request, connectTimeout: .seconds(30), reply: address) else {
            Issue.record("the rehearsal did not begin")
            return
        }
        try harness.wait(for: "the end of the rehearsal") { result != nil }
        #expect(result == .answered(status: 200))
        #expect(harness.results.isEmpty)
    }

    @Test func requestsAfterIt() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let harness = try RunnerHarness()
        var readyCount = 0
        harness.runner.warmUp(for: [.seconds(5)]) { readyCount += 1 }
        harness.runner.warmUp(for: [.seconds(5)]) { readyCount += 1 }
        try harness.wait(for: "the end of the rehearsal") { readyCount == 2 }
        #expect(try harness.run(.http(.testing("http://127.0.0.1:\(server.port)/"))) == .answered(status: 200))
        #expect(harness.results.count == 1)
    }
}
