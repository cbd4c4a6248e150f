import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// SIGTERM and SIGINT.
struct StoppingTests {
    private static let policies = ["drain", "run", "exit"]
    private static let looking: Set<Situation> = [.waiting, .watching, .grace]

    @Test(arguments: Situation.allCases, policies)
    func sigtermFollowsThePolicy(situation: Situation, policy: String) throws {
        var dialogue = try situation.reached(document: "onTerminate: \(policy)")
        let before = dialogue.state()
        let lines = try dialogue.tell(.stopRequested(.terminate))
        #expect(lines.first == "signal.received signal=SIGTERM")
        switch policy {
        case "drain":
            #expect(lines.count == 1)
            #expect(dialogue.state() == before)
            #expect(dialogue.verdict == nil)
        case "run":
            let fires = Self.looking.contains(situation)
            #expect(lines.contains("r rule.fired outcome=terminated") == fires)
            #expect(lines.contains("start 0/0 #1") == fires)
            #expect(lines.contains("other rule.finished exitCode=0 outcome=terminated"))
            #expect(dialogue.state() == (fires ? "acting" : before))
            #expect((dialogue.verdict != nil) == (situation == .finished))
        default:
            #expect(dialogue.verdict?.reason == .signal(15))
            #expect(dialogue.verdict?.exitCode == 0)
            #expect(dialogue.state() == before)
        }
    }

    @Test(arguments: Situation.allCases, policies)
    func theSecondSigtermEndsTheRun(situation: Situation, policy: String) throws {
        var dialogue = try situation.reached(document: "onTerminate: \(policy)")
        try dialogue.tell(.stopRequested(.terminate))
        let first = dialogue.verdict
        let state = dialogue.state()
        try dialogue.tell(.stopRequested(.terminate))
        let verdict = try #require(dialogue.verdict)
        if let first {
            #expect(verdict == first)
        } else {
            #expect(verdict.exitCode == 143)
            #expect(verdict.reason == .signal(15))
            #expect(verdict.rules[0].state.rawValue == state)
            #expect(verdict.rules[0].notDone.count == (state == "finished" ? 0 : 1))
        }
    }

    @Test func drainFiresWhatHasNotFiredWhenItsTimeIsOver() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\nexitCode: {terminated: 9}\nactions: [{touch: /a}]",
            document: "terminationTimeout: 3s")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.stopRequested(.terminate))
        #expect(dialogue.millisecondsLeft == 3_000)
        #expect(
            try dialogue.reachDeadline() == [
                "unwatch 7", "r rule.fired outcome=terminated", "r action.started action=0/touch attempt=1",
                "start 0/0 #1",
            ])
        // A race: 7 ended while the timer fired.
        #expect(try dialogue.tell(.exited(7)) == [])
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.verdict?.reason == .finished)
        #expect(dialogue.verdict?.exitCode == 9)
    }

    @Test func drainEndsWithTheTargets() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}]}\nexitCode: fromTarget")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.stopRequested(.terminate))
        try dialogue.tell(.exited(7, .signalled(15)), after: .seconds(2))
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=failed")
        #expect(dialogue.verdict?.exitCode == 143)
        #expect(dialogue.verdict?.reason == .finished)
    }

    @Test func drainForNoTimeRunsAtOnce() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\nactions: [{touch: /a}]", document: "terminationTimeout: 0s")
        try dialogue.tell(.started)
        #expect(try dialogue.tell(.stopRequested(.terminate))[1] == "r rule.fired outcome=terminated")
        #expect(dialogue.shell.attempts.count == 1)
    }

    @Test func drainDoesNotDisturbARetryThatOutlastsIt() throws {
        var dialogue = try Situation.backingOff.reached(document: "terminationTimeout: 1s")
        try dialogue.tell(.stopRequested(.terminate))
        dialogue.advance(by: .seconds(1))
        #expect(try dialogue.tell(.deadlineReached).contains("other rule.finished exitCode=0 outcome=terminated"))
        #expect(try dialogue.reachDeadline() == ["start 0/0 #2"])
        #expect(try dialogue.tell(.attempt(2, .answered(status: 200))).last == "run.finished exitCode=0")
    }

    @Test(arguments: policies.dropLast())
    func aRuleThatRepeatsFinishesForGood(policy: String) throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\nactions: [{touch: /a}]\nexitCode: 6\nrepeat: true",
            document: "onTerminate: \(policy)")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        try dialogue.tell(.stopRequested(.terminate))
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.verdict?.exitCode == 6)
        #expect(dialogue.verdict?.reason == .finished)
    }

    @Test func exitTakesTheCodesOfFinishedRules() throws {
        var dialogue = try Dialogue(
            """
            version: 1
            onTerminate: exit
            rules:
              - {name: idle, watch: {processes: [{name: b}]}, exitCode: {terminated: 0}}
              - {name: done, watch: {processes: [{name: a}]}, exitCode: fromTarget}
              - {name: also, watch: {processes: [{name: b}]}, exitCode: {terminated: 8}}
            """)
        try dialogue.tell(.started)
        try dialogue.tell(
            .scanned(ScanResult(sightings: [TargetID(0, of: 1): [Sighting(ProcessIdentity(7), parent: 1)]])))
        try dialogue.tell(.exited(7, .exited(33)))
        try dialogue.tell(.sawNothing)
        try dialogue.tell(.stopRequested(.terminate))
        #expect(dialogue.verdict?.exitCode == 33)
    }

    @Test func anAnswerAfterTheLastRuleFiredChangesNothing() throws {
        var dialogue = try Situation.watching.reached(document: "onTerminate: run")
        try dialogue.tell(.stopRequested(.terminate))
        #expect(try dialogue.tell(.saw([0: [8]])) == [])
        #expect(dialogue.millisecondsLeft == 4_000)
    }
}
