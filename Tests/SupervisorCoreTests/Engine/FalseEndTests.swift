import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// A process whose end is reported, without a status, though it lives: a polled one that could not be looked at for long.
struct FalseEndTests {
    private static let codes = "exitCode: {ended: fromTarget, unknown: 44, actionFailed: 70}"

    /// A rule whose only process is said to have ended; a look is under way.
    private static func ended(grace: String = "0s") throws -> Dialogue {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\ngracePeriod: \(grace)\n\(codes)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7, .unknown))
        return dialogue
    }

    @Test(
        arguments: [(.exited(0), .succeeded, 0), (.exited(3), .failed, 3), (.unknown, .unknown, 44)]
            as [(SupervisorCore.ExitStatus, Outcome, Int32)])
    func theStatusOfTheTrueEndCounts(status: SupervisorCore.ExitStatus, outcome: Outcome, code: Int32) throws {
        var dialogue = try Self.ended()
        #expect(try dialogue.tell(.saw([0: [7]])) == ["r target.found target=0 pid=7", "watch 7"])
        #expect(dialogue.state() == "watching")
        #expect(dialogue.millisecondsLeft == nil)
        try dialogue.tell(.exited(7, status))
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=\(outcome.name)")
        #expect(dialogue.verdict?.exitCode == code)
    }

    @Test func onlyALookThatWasAskedForAfterwardsShowsThatItLives() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}]}\n\(Self.codes)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.reachDeadline()
        try dialogue.tell(.exited(7, .unknown))
        #expect(try dialogue.tell(.saw([0: [7], 1: [8]])).contains { $0.contains("pid=7") } == false)
        #expect(try dialogue.tell(.saw([0: [7], 1: [8]])) == ["r target.found target=0 pid=7", "watch 7"])
        try dialogue.tell(.exited(7))
        try dialogue.tell(.exited(8))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
    }

    @Test func aLookThatWasUnderWayConfirmsNothing() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}]}\n\(Self.codes)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7, 8]]))
        try dialogue.reachDeadline()
        try dialogue.tell(.exited(7, .unknown))
        try dialogue.tell(.saw([0: [7, 8]]))
        try dialogue.reachDeadline()
        #expect(try dialogue.tell(.saw([0: [7, 8], 1: [9]])).contains("watch 7"))
        for pid in [7, 8, 9] as [Int32] { try dialogue.tell(.exited(pid)) }
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
    }

    @Test func aLookWithoutItConfirmsItsEnd() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}]}\n\(Self.codes)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7, 8]]))
        try dialogue.tell(.exited(7, .unknown))
        try dialogue.reachDeadline()
        try dialogue.tell(.saw([0: [8], 1: [9]]))
        try dialogue.tell(.exited(8))
        try dialogue.tell(.exited(9))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=unknown")
        #expect(dialogue.verdict?.exitCode == 44)
    }

    @Test func anEndThatWasTakenForGrantedBeginsNoOtherLife() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\ngracePeriod: 10s\n\(Self.codes)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7, 8]]))
        try dialogue.tell(.exited(7, .exited(5)))
        try dialogue.tell(.exited(8, .unknown))
        while dialogue.state() == "watching" {
            _ = try dialogue.reachDeadlines(finding: .scanFailed(reason: "openat: EMFILE"))
        }
        #expect(dialogue.state() == "grace")
        #expect(try dialogue.reachDeadlines(finding: .saw([0: [8]])).last == "r rule.resumed")
        try dialogue.tell(.exited(8))
        try dialogue.tell(.sawNothing)
        // What 7 came to counts, since 8 has lived all along.
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=failed")
        #expect(dialogue.verdict?.exitCode == 5)
    }

    @Test func anEndThatALookConfirmedBeginsAnotherLife() throws {
        var dialogue = try Self.ended(grace: "10s")
        #expect(try dialogue.tell(.sawNothing) == ["r rule.grace"])
        #expect(try dialogue.reachDeadlines(finding: .saw([0: [7]])).last == "r rule.resumed")
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 0)
    }

    @Test func aChildThatLivesStaysAChild() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}]}\n\(Self.codes)")
        func saw(_ sightings: [Sighting]) -> Event { .scanned(ScanResult(sightings: [TargetID(0): sightings])) }
        try dialogue.tell(.started)
        try dialogue.tell(saw([Sighting(ProcessIdentity(7), parent: 1), Sighting(ProcessIdentity(8), parent: 7)]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.exited(8, .unknown))
        // Its parent is gone by now.
        try dialogue.tell(saw([Sighting(ProcessIdentity(8), parent: 1)]))
        try dialogue.tell(.exited(8, .exited(3)))
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
    }

    @Test func aReloadKeepsTheDoubt() throws {
        var dialogue = try Self.ended()
        let rule = "{name: r, watch: {processes: [{name: a}]}, gracePeriod: 1s, \(Self.codes)}"
        try dialogue.tell(.reloaded(Plan.parsing("version: 1\nrules:\n  - \(rule)")))
        // The answer for the former rule says nothing.
        try dialogue.tell(.saw([0: [7]]))
        let found = ScanResult(sightings: [TargetID(0, of: 1): [Sighting(ProcessIdentity(7), parent: 1)]])
        #expect(try dialogue.tell(.scanned(found)).contains("watch 7"))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=succeeded")
    }
}
