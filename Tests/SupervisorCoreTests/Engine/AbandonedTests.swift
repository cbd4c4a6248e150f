import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// What every rule waits for will not come, as when a command was not started.
struct AbandonedTests {
    @Test(arguments: [(Outcome.notStarted, "run", true), (.notStarted, "skip", false), (.terminated, "skip", true)])
    func firesEveryRuleThatHasNotFired(outcome: Outcome, policy: String, runs: Bool) throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}], startTimeout: 1h, onStartTimeout: \(policy)}\nactions: [{touch: /a}]"
        )
        try dialogue.tell(.started)
        let lines = try dialogue.tell(.abandoned(outcome))
        #expect(lines.first == "r rule.fired outcome=\(outcome.name)")
        #expect(lines.contains("start 0/0 #1") == runs)
    }

    @Test(arguments: [Situation.attempting, .cancelling, .backingOff, .sleeping, .awaitingGone, .finished])
    func leavesARuleAloneThatHasFired(situation: Situation) throws {
        var dialogue = try situation.reached()
        let state = dialogue.state()
        let lines = try dialogue.tell(.abandoned(.notStarted))
        #expect(lines.allSatisfy { !$0.hasPrefix("r ") })
        #expect(dialogue.state() == state)
    }

    @Test func letsGoOfWhatItWatched() throws {
        var dialogue = try Situation.watching.reached()
        #expect(try dialogue.tell(.abandoned(.terminated)).first == "unwatch 7")
    }
}
