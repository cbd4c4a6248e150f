import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// From waiting to the end of the targets.
struct WatchingTests {
    private static let one = "watch: {processes: [{name: a}]}\nexitCode: fromTarget"
    private static let two = "watch: {processes: [{name: a}, {name: b}]}\nexitCode: fromTarget"

    @Test func firesAfterAScanThatBeganAfterTheEnd() throws {
        var dialogue = try Dialogue(rule: Self.one)
        #expect(try dialogue.tell(.started) == ["run.started", "scan 0.0"])
        #expect(
            try dialogue.tell(.saw([0: [7]])) == ["r target.found target=0 pid=7", "watch 7", "r rule.watching"])
        #expect(dialogue.shell.engine.nextDeadline == nil)
        #expect(
            try dialogue.tell(.exited(7, .exited(3)), after: .seconds(3_600))
                == ["r target.exited target=0 pid=7 exitCode=3", "scan 0.0"])
        #expect(
            try dialogue.tell(.sawNothing) == [
                "r rule.fired outcome=failed", "r rule.finished exitCode=3 outcome=failed",
                "run.finished level=error exitCode=3",
            ])
        #expect(dialogue.verdict?.reason == .finished)
    }

    @Test func neverWakesUpWhileEveryTargetLives() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}], startTimeout: 10m}")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8, 9]]))
        #expect(dialogue.millisecondsLeft == nil)
        // One of two processes of a target: nothing is missing that could appear.
        #expect(try dialogue.tell(.exited(8)) == ["r target.exited target=1 pid=8 exitCode=0"])
        #expect(dialogue.millisecondsLeft == nil)
    }

    @Test func looksForTheSuccessorOfATargetThatEndedBeforeTheOthers() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}]}\nexitCode: fromTarget")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [9]]))
        try dialogue.tell(.exited(7, .exited(6)))
        try dialogue.tell(.saw([1: [9]]))
        #expect(dialogue.millisecondsLeft == 500)
        try dialogue.reachDeadline()
        // It begins anew, so what its former life came to does not count.
        #expect(try dialogue.tell(.saw([0: [8], 1: [9]])).contains("r target.found target=0 pid=8"))
        #expect(dialogue.millisecondsLeft == nil)
    }

    @Test func looksEveryHalfSecondWhileATargetIsUnseen() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]), after: .milliseconds(20))
        #expect(dialogue.millisecondsLeft == 480)
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(dialogue.millisecondsLeft == nil)
        #expect(try dialogue.tell(.saw([0: [7]])) == [])
        #expect(dialogue.millisecondsLeft == 500)
        #expect(dialogue.state() == "waiting")
    }

    @Test func asksAgainAfterAnEndDuringAScan() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8]]))
        #expect(try dialogue.tell(.exited(7)) == ["r target.exited target=0 pid=7 exitCode=0", "scan 0.0 0.1"])
        #expect(try dialogue.tell(.exited(8)) == ["r target.exited target=1 pid=8 exitCode=0"])
        // Its answer still shows 8, and may have missed a successor of 8.
        #expect(try dialogue.tell(.saw([1: [8]])) == ["scan 0.0 0.1"])
        #expect(dialogue.state() == "watching")
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
    }

    @Test func oneTargetsRestlessnessDoesNotHoldAnotherRuleUp() throws {
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: calm, watch: {processes: [{name: a}]}, actions: [{sleep: 1s}]}
              - {name: restless, watch: {processes: [{name: b}]}}
            """)
        func saw(_ pid: Int32) -> Event {
            .scanned(ScanResult(sightings: [TargetID(0, of: 1): [Sighting(ProcessIdentity(pid), parent: 1)]]))
        }
        try dialogue.tell(.started)
        try dialogue.tell(
            .scanned(
                ScanResult(sightings: [
                    TargetID(0): [Sighting(ProcessIdentity(7), parent: 1)],
                    TargetID(0, of: 1): [Sighting(ProcessIdentity(100), parent: 1)],
                ])))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.exited(100))
        let lines = try dialogue.tell(saw(101))
        #expect(lines.contains("calm rule.fired outcome=succeeded"))
        #expect(lines.last == "scan 1.0")
        #expect(dialogue.state(of: 1) == "watching")
    }

    @Test func aSuccessorBelongsToTheSameLife() throws {
        var dialogue = try Dialogue(rule: Self.one)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7, .exited(4)))
        #expect(try dialogue.tell(.saw([0: [8]])) == ["r target.found target=0 pid=8", "watch 8"])
        try dialogue.tell(.exited(8))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.exitCode == 4)
    }

    @Test func takesAnEndInOnce() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8]]))
        try dialogue.tell(.exited(7))
        #expect(try dialogue.tell(.exited(7, .exited(9))) == [])
        try dialogue.tell(.sawNothing)
        try dialogue.tell(.exited(8))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.exitCode == 0)
    }

    @Test func theExitOfAProcessWithAMatchedParentDoesNotCount() throws {
        var dialogue = try Dialogue(rule: Self.one)
        try dialogue.tell(.started)
        // 8 is 7's child; 9 appears later as a child of 7, and 7 ends while that scan is under way.
        try dialogue.tell(
            .scanned(
                ScanResult(sightings: [
                    TargetID(0): [Sighting(ProcessIdentity(7), parent: 1), Sighting(ProcessIdentity(8), parent: 7)]
                ])))
        try dialogue.tell(.exited(8, .exited(5)))
        try dialogue.tell(.exited(7))
        #expect(dialogue.shell.pendingScan != nil)
        try dialogue.tell(.saw([0: [10]]))
        try dialogue.tell(.exited(10))
        try dialogue.tell(
            .scanned(ScanResult(sightings: [TargetID(0): [Sighting(ProcessIdentity(11), parent: 10)]])))
        try dialogue.tell(.exited(11, .signalled(9)))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.rules[0].outcome == .failed)  // 10 had ended before 11 was seen: 11 counts
        #expect(dialogue.verdict?.exitCode == 137)
    }

    @Test func aParentThatEndsDuringTheScanStillCountsAsMatched() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [6]]))
        try dialogue.tell(.exited(6))  // asks for a scan
        try dialogue.tell(.exited(7))
        let family = [Sighting(ProcessIdentity(7), parent: 1), Sighting(ProcessIdentity(8), parent: 7)]
        #expect(
            try dialogue.tell(.scanned(ScanResult(sightings: [TargetID(0): family])))
                == ["r target.found target=0 pid=8", "watch 8", "scan 0.0 0.1"])
        try dialogue.tell(.exited(8, .exited(1)))
        #expect(try dialogue.tell(.sawNothing) == ["scan 0.0 0.1"])
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.rules[0].outcome == .succeeded)
    }

    @Test func watchesASharedProcessOnceForAsLongAsAnyoneWantsIt() throws {
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: both, watch: {processes: [{name: a}, {name: aa}]}}
              - {name: first, watch: {processes: [{name: a}, {name: b}], until: anyEnded}}
            """)
        let shared = [Sighting(ProcessIdentity(7), parent: 1)]
        try dialogue.tell(.started)
        let found = try dialogue.tell(
            .scanned(
                ScanResult(sightings: [
                    TargetID(0): shared, TargetID(1): shared, TargetID(0, of: 1): shared,
                    TargetID(1, of: 1): [Sighting(ProcessIdentity(8), parent: 1)],
                ])))
        #expect(found.filter { $0.hasPrefix("watch") } == ["watch 7", "watch 8"])
        try dialogue.tell(.exited(8))
        let fired = try dialogue.tell(
            .scanned(
                ScanResult(sightings: [TargetID(0): shared, TargetID(1): shared, TargetID(0, of: 1): shared])))
        #expect(fired == ["first rule.fired outcome=succeeded", "first rule.finished exitCode=0 outcome=succeeded"])
        #expect(dialogue.shell.watched == [ProcessIdentity(7)])
        #expect(
            try dialogue.tell(.exited(7)) == [
                "both target.exited target=0 pid=7 exitCode=0", "both target.exited target=1 pid=7 exitCode=0",
                "scan 0.0 0.1",
            ])
    }

    @Test func oneEndSufficesForAnyEnded() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}, {name: b}], until: anyEnded}\nexitCode: fromTarget")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([1: [8, 9]]))
        #expect(dialogue.state() == "watching")
        #expect(dialogue.millisecondsLeft == 500)  // the other may still appear
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        try dialogue.tell(.saw([0: [7], 1: [8, 9]]))
        // A process of the target that lives failed; the target that ended did not.
        try dialogue.tell(.exited(8, .exited(6)))
        try dialogue.tell(.exited(7))
        #expect(
            try dialogue.tell(.saw([1: [9]])) == [
                "unwatch 9", "r rule.fired outcome=succeeded", "r rule.finished exitCode=0 outcome=succeeded",
                "run.finished exitCode=0",
            ])
    }

    @Test func sixHundredProcessesDieOneByOneForOneScan() throws {
        var dialogue = try Dialogue(rule: Self.one)
        let pids = (2...601).map { Int32($0) }
        try dialogue.tell(.started)
        #expect(try dialogue.tell(.saw([0: pids])).filter { $0.hasPrefix("watch") }.count == 600)
        var scans = 0
        for pid in pids {
            scans += try dialogue.tell(.exited(pid, .exited(pid == 300 ? 2 : 0))).count { $0.hasPrefix("scan ") }
            #expect(dialogue.millisecondsLeft == nil)
        }
        #expect(scans == 1)
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.exitCode == 2)
    }
}
