import ConfigModel
import TestSupport
import Testing

@testable import SupervisorCore

/// Looks that a simulation knows to show nothing new can be passed over.
struct PassingOverTests {
    private static let start = Instant(nanoseconds: 0)

    private static func engine(_ rule: String = "") throws -> Engine {
        let plan = try Plan.parsing(
            "version: 1\nrules: [{name: r, watch: {processes: [{name: a}, {name: b}]\(rule)}, actions: [{sleep: 5s}]}]")
        var engine = Engine(plan: plan, seed: 1, at: start)
        _ = engine.handle(.started, at: start)
        return engine
    }

    @Test func withoutADeadlineThatDecidesLooksArePassedOverInTheirRhythm() throws {
        var engine = try Self.engine()
        _ = engine.handle(.scanned(ScanResult()), at: Self.start)
        #expect(engine.nextDecision == nil)
        #expect(engine.nextDeadline == Self.start + .milliseconds(500))
        engine.passOverScans(before: Self.start + .milliseconds(3_100))
        #expect(engine.nextDeadline == Self.start + .milliseconds(3_500))
        // One that is due at the very limit is not passed over.
        engine.passOverScans(before: Self.start + .milliseconds(3_500))
        #expect(engine.nextDeadline == Self.start + .milliseconds(3_500))
    }

    @Test func aDeadlineThatDecidesIsMetAtItsTime() throws {
        var engine = try Self.engine(", startTimeout: 2200ms")
        _ = engine.handle(.scanned(ScanResult()), at: Self.start)
        #expect(engine.nextDecision == Self.start + .milliseconds(2_200))
        engine.passOverScans(before: Self.start + .seconds(60))
        #expect(engine.nextDeadline == Self.start + .milliseconds(2_200))
    }

    @Test func nothingIsPassedOverWhileALookIsUnderWayOrHasFailed() throws {
        var engine = try Self.engine()
        engine.passOverScans(before: Self.start + .seconds(60))
        #expect(engine.nextDeadline == nil)
        _ = engine.handle(.scanFailed(reason: "x"), at: Self.start)
        engine.passOverScans(before: Self.start + .seconds(60))
        #expect(engine.nextDeadline == Self.start + .milliseconds(500))
    }

    @Test func theEndOfTimeIsNoLimitThatBreaksIt() throws {
        var engine = try Self.engine()
        _ = engine.handle(.scanned(ScanResult()), at: Self.start)
        engine.passOverScans(before: Instant(nanoseconds: .max))
        #expect(engine.nextDeadline == Instant(nanoseconds: .max))
    }
}
