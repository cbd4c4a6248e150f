import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

/// A simulation always ends, and says why.
struct BoundsTests {
    @Test func nothingMoreCanHappenIsAStandstill() throws {
        let result = try simulate(try plan(processes: "{name: ^main$, user: 5}"), "processes: [{name: main}]")
        #expect(result.ending == .standstill)
        #expect(result.endedAt == .zero)
        #expect(
            result.open == ["r waits for target 0 (name: ^main$, user: 5): main does not match by its user"])
    }

    @Test func aProcessThatLivesForEverIsNamed() throws {
        let result = try simulate(try plan(), "processes: [{name: main, startsAt: 2s}]")
        #expect(result.ending == .standstill)
        #expect(result.open == ["r watches target 0 (name: ^main$), which lives: main (pid 100)"])
    }

    @Test func theTimeLimitEndsWhatGoesOn() throws {
        let result = try simulate(try plan(watch: "startTimeout: 2h"), "timeLimit: 1h")
        #expect(result.ending == .timeLimit(.seconds(3_600)))
        #expect(result.endedAt == .seconds(3_600))
        #expect(result.open == ["r waits for target 0 (name: ^main$): no process of the scenario matches"])
    }

    @Test func actionsUnderWayAreNamedAtTheTimeLimit() throws {
        let result = try simulate(
            try plan(rule: "actions: [{sleep: 24h}]"), "timeLimit: 1h\nprocesses: [{name: main, runsFor: 1s}]")
        #expect(result.open == ["r is at its action 0/sleep"])
    }

    @Test func whatEndsAtTheVeryTimeLimitStillCounts() throws {
        let result = try simulate(try plan(), "timeLimit: 1h\nprocesses: [{name: main, runsFor: 1h}]")
        #expect(result.verdict?.exitCode == 0)
    }

    @Test func rulesWithoutEndAreGivenUp() throws {
        let endless = try plan(watch: "startTimeout: 1ms", rule: "repeat: true, actions: [{touch: /a}]")
        var limits = Simulation.Limits()
        limits.records = 100
        let lines = try simulate(endless, "", limits: limits)
        #expect(lines.ending == .overload("the timeline has 100 lines"))
        #expect(lines.timeline.count == 100)
        limits = Simulation.Limits()
        limits.work = 100
        #expect(try simulate(endless, "", limits: limits).ending == .overload("it takes more than 100 steps"))
    }

    @Test func aLookWithTooManyMatchesIsGivenUp() throws {
        var limits = Simulation.Limits()
        limits.matches = 3
        let many = "processes: [{name: main}, {name: main}, {name: main}, {name: main}]"
        let result = try simulate(try plan(), many, limits: limits)
        #expect(result.ending == .overload("one look through /proc has more than 3 matches"))
        #expect(result.timeline.map(\.record.name) == [.runStarted])
    }

    @Test func selectorsThatTakeTooMuchComparingAreGivenUp() throws {
        var limits = Simulation.Limits()
        limits.comparedBytes = 10
        let result = try simulate(try plan(), "processes: [{name: main, commandLine: main --verbose}]", limits: limits)
        #expect(result.ending == .overload("selectors would be tried against more than 10 bytes of processes"))
    }

    @Test func yearsPassWithoutAStepForEachLook() throws {
        var limits = Simulation.Limits()
        limits.work = 50
        let result = try simulate(
            try plan(watch: "startTimeout: 8784h"), "processes: [{name: main, startsAt: 8783h, runsFor: 5s}]",
            limits: limits)
        #expect(result.times(of: .targetFound) == [8_783 * 3_600_000])
        #expect(result.verdict?.exitCode == 0)
    }

    @Test func theSameInputGivesTheSameResult() throws {
        let text = "processes: [{name: main, runsFor: 1s}]"
        let plan = try plan(rule: "actions: [{shutdown: istio}]")
        #expect(try simulate(plan, text).timeline == simulate(plan, text).timeline)
        #expect(try simulate(plan, text).timeline != simulate(plan, text + "\nseed: 2").timeline)
    }
}
