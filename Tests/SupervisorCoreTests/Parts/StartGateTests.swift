import ConfigModel
import SupervisorCore
import Testing

struct StartGateTests {
    private static let start = Instant(nanoseconds: 0)

    private static func gate(_ count: Int, timeout: Duration = .seconds(60)) throws -> StartGate {
        let requests = try (0..<count).map { Action.asking(try HTTPURL(parsing: "http://h/\($0)")) }
        return StartGate(requests, timeout: timeout, at: start)
    }

    private static func after(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }

    @Test func isOpenWhereNothingIsWaitedFor() throws {
        let gate = try Self.gate(0)
        #expect(gate.state == .open)
        #expect(gate.nextDeadline == nil)
    }

    @Test func asksEverybodyAtOnceAndOpensWithTheLastAnswer() throws {
        var gate = try Self.gate(2)
        #expect(gate.advance(at: Self.start) == [.attempt(0), .attempt(1)])
        gate.attemptFinished(1, .answered(status: 204), at: Self.after(5))
        #expect(gate.state == .waiting)
        #expect(gate.advance(at: Self.after(6)) == [])
        gate.attemptFinished(0, .answered(status: 200), at: Self.after(7))
        #expect(gate.state == .open)
        #expect(gate.nextDeadline == nil)
    }

    @Test(arguments: [
        AttemptResult.answered(status: 503), .answered(status: 404), .answered(status: 301), .refused, .dropped,
        .timedOut,
        .failed(reason: "no such host", isTransient: false),
    ])
    func asksAgainAfterAPauseWhateverWasWrong(result: AttemptResult) throws {
        var gate = try Self.gate(1)
        _ = gate.advance(at: Self.start)
        gate.attemptFinished(0, result, at: Self.after(10))
        #expect(gate.nextDeadline == Self.after(210))
        #expect(gate.advance(at: Self.after(209)) == [])
        #expect(gate.advance(at: Self.after(210)) == [.attempt(0)])
    }

    @Test func endsAnAttemptThatTakesTooLongOnce() throws {
        var gate = try Self.gate(1)
        _ = gate.advance(at: Self.start)
        #expect(gate.nextDeadline == Self.after(5_000))
        #expect(gate.advance(at: Self.after(5_000)) == [.cancel(0)])
        #expect(gate.advance(at: Self.after(5_001)) == [])
        #expect(gate.nextDeadline == Self.after(60_000))
        gate.attemptFinished(0, .timedOut, at: Self.after(5_002))
        #expect(gate.nextDeadline == Self.after(5_202))
    }

    @Test func givesUpWhenTheTimeIsOverAndSaysWhy() throws {
        var gate = try Self.gate(3, timeout: .seconds(2))
        _ = gate.advance(at: Self.start)
        gate.attemptFinished(0, .answered(status: 200), at: Self.after(1))
        gate.attemptFinished(1, .refused, at: Self.after(2))
        #expect(gate.advance(at: Self.after(2_000)) == [.cancel(2)])
        #expect(gate.state == .timedOut([1: "the connection was refused", 2: "no answer yet"]))
        // A race: the answer came while the time ran out.
        gate.attemptFinished(2, .answered(status: 200), at: Self.after(2_001))
        #expect(gate.state != .open)
        #expect(gate.advance(at: Self.after(3_000)) == [])
    }
}
