import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct HTTPCancellationTests {
    @Test func aPeerThatSaysNothingTimesOutAtTheCancellation() throws {
        let server = try ScriptedServer(script: [.sendAndHang("")])
        let harness = try RunnerHarness()
        let id = harness.start(.http(try .testing("http://127.0.0.1:\(server.port)/")))
        try harness.wait(forReadable: server.arrival)
        #expect(harness.results.isEmpty)

        harness.runner.cancel(id)

        #expect(harness.results.map(\.result) == [.timedOut])
        harness.runner.cancel(id)
        try harness.drain()
        #expect(harness.results.count == 1)
    }

    @Test func aHeadThatHasComeCountsAlthoughTheBodyStalls() throws {
        let server = try ScriptedServer(script: [.sendAndHang("HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n123")])
        let harness = try RunnerHarness()
        let attempt = HTTPAttempt(
            RequestOutline(try .testing("http://127.0.0.1:\(server.port)/")), timeout: .seconds(30),
            transport: HTTPTransport(),
            desk: harness.desk, finish: { Issue.record("finished with \($0)") })
        attempt.start()
        // Nothing in the loop tells that the head has come: that is of no interest before the cancellation.
        let end = MonotonicClock.now() + RunnerHarness.patience
        while attempt.status == nil, MonotonicClock.now() < end {
            try harness.loop.wait(until: MonotonicClock.now() + .milliseconds(1))
        }

        #expect(attempt.cancel() == .answered(status: 202))
    }

    @Test func aCancellationBeforeTheConnectionIsThereIsTold() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let harness = try RunnerHarness()
        let id = harness.start(.http(try .testing("http://127.0.0.1:\(server.port)/")))
        harness.runner.cancel(id)
        #expect(harness.results.count == 1)
        try harness.drain()
        #expect(harness.results.count == 1)
    }

    @Test func aCancelledAttemptClosesItsConnection() throws {
        let server = try ScriptedServer(script: [.sendAndHang(""), .answer(200)])
        let harness = try RunnerHarness()
        let request = try Action.Kind.http(.testing("http://127.0.0.1:\(server.port)/"))
        let first = harness.start(request)
        try harness.wait(forReadable: server.arrival)
        harness.runner.cancel(first)
        #expect(try harness.run(request) == .answered(status: 200))
        try harness.wait(for: "the hang-up") { server.hangUpCount == 1 }
    }

    @Test func aFileThatIsNotReadInTimeHoldsUpNobody() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let directory = try ScratchDirectory()
        let secret = try directory.write("s3cret", to: "token")
        let harness = try RunnerHarness()
        let id = harness.start(
            .http(try .testing("http://127.0.0.1:\(server.port)/", headers: [("token", .fromFile(secret))])))
        harness.runner.cancel(id)
        #expect(harness.results.map(\.result) == [.timedOut])
        try harness.drain()
        #expect(harness.results.count == 1)
        #expect(server.requests.isEmpty)
    }
}
