import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

/// What Knell notices of simulated processes.
struct WatchingTests {
    @Test func anEndIsNoticedAtOnceAndAStartAtTheNextLook() throws {
        let result = try simulate(try plan(), "processes: [{name: main, startsAt: 1200ms, runsFor: 1h}]")
        #expect(result.times(of: .targetFound) == [1_500])
        #expect(result.times(of: .targetExited) == [3_601_200])
        #expect(result.verdict?.exitCode == 0)
        #expect(result.endedAt == .milliseconds(3_601_200))
    }

    @Test func whatLivesBetweenTwoLooksIsNeverSeen() throws {
        let result = try simulate(try plan(), "processes: [{name: main, startsAt: 600ms, runsFor: 300ms}]")
        #expect(result.ending == .standstill)
        #expect(
            result.open == [
                "r waits for target 0 (name: ^main$): main matches, but was not there when Knell looked"
            ])
    }

    @Test(arguments: [
        ("exitCode: 3", "failed", Int32(3)), ("exitCode: 0", "succeeded", 0), ("signal: SIGKILL", "failed", 137),
        ("exitStatus: unknown", "unknown", 9),
    ])
    func theEndDecidesTheOutcome(end: String, outcome: String, code: Int32) throws {
        let plan = try plan(rule: "exitCode: {ended: fromTarget, unknown: 9}")
        let result = try simulate(plan, "processes: [{name: main, runsFor: 5s, \(end)}]")
        #expect(result.first(.ruleFired)?.outcome == outcome)
        #expect(result.verdict?.exitCode == code)
    }

    @Test func aChildOfAMatchDoesNotCount() throws {
        let result = try simulate(
            try plan(rule: "exitCode: fromTarget"),
            "processes: [{name: main, pid: 7, runsFor: 9s}, {name: main, parent: 7, runsFor: 5s, exitCode: 4}]")
        #expect(result.times(of: .targetExited) == [5_000, 9_000])
        #expect(result.verdict?.exitCode == 0)
        let apart = try simulate(
            try plan(rule: "exitCode: fromTarget"),
            "processes: [{name: main, pid: 7, runsFor: 9s}, {name: main, runsFor: 5s, exitCode: 4}]")
        #expect(apart.verdict?.exitCode == 4)
    }

    @Test func aRestartWithinTheGracePeriodGoesOnWithAPidOfItsOwn() throws {
        let result = try simulate(
            try plan(rule: "gracePeriod: 3s"),
            "processes: [{name: main, pid: 7, runsFor: 5s, exitCode: 1, restarts: [{after: 2s, runsFor: 5s}]}]")
        #expect(result.times(of: .ruleResumed) == [7_000])
        #expect(result.times(of: .ruleFired) == [15_000])
        #expect(result.first(.ruleFired)?.outcome == "succeeded")
        #expect(result.timeline.filter { $0.record.name == .targetFound }.map(\.record.pid) == [7, 100])
    }

    @Test func aFollowerWithoutAPauseIsSeenInTime() throws {
        let result = try simulate(
            try plan(), "processes: [{name: main, endsAt: 5s}, {name: main, startsAt: 5s, endsAt: 9s}]")
        #expect(result.times(of: .ruleFired) == [9_000])
    }

    @Test func startTimeoutsFireAtTheirVeryTime() throws {
        let result = try simulate(try plan(watch: "startTimeout: 10m1ms"), "processes: [{name: other}]")
        #expect(result.times(of: .ruleFired) == [600_001])
        #expect(result.first(.ruleFired)?.outcome == "notStarted")
    }

    @Test func unreadableTablesFailTheLooks() throws {
        let result = try simulate(
            try plan(),
            "processes: [{name: main, startsAt: 1s, runsFor: 1m}]\nevents: [{at: 800ms, procUnreadable: 2s}]")
        #expect(result.times(of: .scanFailed) == [1_000])
        #expect(result.times(of: .targetFound) == [3_000])
    }

    @Test func signalsToProcessesDoWhatTheyArrange() throws {
        let scenario = """
            processes:
              - {name: main, onSignal: {SIGTERM: {endsAfter: 2s, exitCode: 143}, SIGHUP: ignore, SIGUSR1: denied}}
              - {name: main}
            events:
              - {at: 1s, signal: SIGHUP, to: [main]}
              - {at: 2s, signal: SIGCHLD, to: [main]}
              - {at: 5s, signal: SIGTERM, to: [main]}
            """
        let result = try simulate(try plan(), scenario)
        let exits = result.timeline.filter { $0.record.name == .targetExited }
        // The second has arranged nothing, so SIGHUP kills it; SIGCHLD kills nobody.
        #expect(exits.map(\.record.signal) == ["SIGHUP", nil])
        #expect(exits.map(\.record.exitCode) == [nil, 143])
        #expect(exits.map(\.at.wholeMilliseconds) == [1_000, 7_000])
        // None of them came from Knell.
        #expect(result.signals.isEmpty)
    }

    @Test func signalsToKnellDrainStopAndDoNothing() throws {
        let scenario = "processes: [{name: main}]\nevents: [{at: 5s, signal: SIGHUP}, {at: 9s, signal: SIGTERM}"
        let drained = try simulate(try plan(rule: "actions: [{sleep: 1s}]"), scenario + "]")
        #expect(drained.times(of: .signalReceived) == [5_000, 9_000])
        #expect(drained.times(of: .ruleFired) == [34_000])
        #expect(drained.verdict?.exitCode == 0)
        let stopped = try simulate(try plan(), scenario + ", {at: 10s, signal: SIGINT}]")
        #expect(stopped.verdict?.exitCode == 130)
        #expect(stopped.endedAt == .seconds(10))
    }

    @Test func aNewConfigurationTakesThePlaceOfTheOld() throws {
        let other = try plan(rule: "exitCode: 9")
        let result = try simulate(
            try plan(), "processes: [{name: main, runsFor: 9s}]\nevents: [{at: 5s, configuration: other.yaml}]",
            configurations: ["other.yaml": other])
        #expect(result.times(of: .configReloaded) == [5_000])
        #expect(result.verdict?.exitCode == 9)
    }
}
