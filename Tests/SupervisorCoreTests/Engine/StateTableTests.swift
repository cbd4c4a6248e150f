import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// Every state of a rule against every event.
struct StateTableTests {
    /// What an event does in a state.
    struct Reaction {
        let effects: [String]
        let state: String
        /// The milliseconds to the next deadline; a range where the retry's jitter decides.
        let left: ClosedRange<Int64>?

        init(_ effects: [String], _ state: String, left: ClosedRange<Int64>?) {
            self.effects = effects
            self.state = state
            self.left = left
        }

        init(_ effects: [String], _ state: String, left: Int64) { self.init(effects, state, left: left...left) }
    }

    /// The events that do something; every other does nothing at all, which ``reaction(to:in:left:)`` fills in.
    ///
    /// While the scan is under way no timer is set for the next, hence the deadlines of the steps alone; once it is
    /// answered, `other` waits for the next in 490 ms, 10 ms after the last was asked for.
    private static let reactions: [Situation: [Stimulus: Reaction]] = [
        .waiting: [
            .match: Reaction(["r target.found target=0 pid=8", "watch 8", "r rule.watching"], "watching", left: 490)
        ],
        .watching: [
            .match: Reaction(["r target.found target=0 pid=8", "watch 8"], "watching", left: 490),
            // The scan under way is older than the end: the next decides.
            .exit: Reaction(["r target.exited target=0 pid=7 exitCode=3"], "watching", left: nil),
            .interrupt: Reaction(
                [
                    "signal.received signal=SIGINT", "unwatch 7", "r action.skipped level=warning action=0/http",
                    "run.finished level=error exitCode=130",
                ], "watching", left: nil),
        ],
        .grace: [
            .match: Reaction(["r target.found target=0 pid=8", "watch 8", "r rule.resumed"], "watching", left: 490)
        ],
        .attempting: [
            .success: Reaction(
                [
                    "r action.succeeded action=0/http attempt=1 status=200",
                    "r rule.finished exitCode=0 outcome=succeeded",
                ],
                "finished", left: nil),
            .failure: Reaction(
                ["r action.retried level=warning action=0/http attempt=1 status=503"], "acting", left: 2_400...3_000),
            .deadline: Reaction(["cancel #1"], "acting", left: 2_000),
            .interrupt: Reaction(
                [
                    "signal.received signal=SIGINT", "cancel #1", "r action.skipped level=warning action=0/http",
                    "run.finished level=error exitCode=130",
                ], "acting", left: nil),
        ],
        .cancelling: [
            .success: Reaction(
                [
                    "r action.succeeded action=0/http attempt=1 status=200",
                    "r rule.finished exitCode=0 outcome=succeeded",
                ],
                "finished", left: nil),
            .failure: Reaction(
                ["r action.retried level=warning action=0/http attempt=1 status=503"], "acting", left: 2_400...3_000),
            .deadline: Reaction(
                ["r action.retried level=warning action=0/http attempt=1"], "acting", left: 2_400...3_000),
        ],
        .backingOff: [.deadline: Reaction(["start 0/0 #2"], "acting", left: 4_000)],
        .sleeping: [
            .deadline: Reaction(
                ["r action.succeeded action=0/sleep attempt=1", "r rule.finished exitCode=0 outcome=succeeded"],
                "finished", left: nil),
            .interrupt: Reaction(
                [
                    "signal.received signal=SIGINT", "r action.skipped level=warning action=0/sleep",
                    "run.finished level=error exitCode=130",
                ], "acting", left: nil),
        ],
        .awaitingGone: [
            .gone: Reaction(
                ["r action.succeeded action=0/signal attempt=1", "r rule.finished exitCode=0 outcome=succeeded"],
                "finished", left: nil),
            .deadline: Reaction(
                [
                    "stopAwaitingGone 0/0", "r action.failed level=error action=0/signal attempt=1",
                    "r rule.finished level=error exitCode=1 outcome=succeeded",
                ], "finished", left: nil),
            .interrupt: Reaction(
                [
                    "signal.received signal=SIGINT", "stopAwaitingGone 0/0",
                    "r action.skipped level=warning action=0/signal", "run.finished level=error exitCode=130",
                ], "acting", left: nil),
        ],
        .finished: [
            .interrupt: Reaction(
                ["signal.received signal=SIGINT", "run.finished level=error exitCode=130"], "finished", left: nil)
        ],
    ]

    /// What the table says, and for what it leaves out: SIGINT ends the run, SIGTERM begins to drain, an answered scan
    /// sets the timer, and nothing else has any effect.
    private static func reaction(
        to stimulus: Stimulus, in situation: Situation, state: String, left: Int64?
    ) -> Reaction {
        if let reaction = reactions[situation]?[stimulus] { return reaction }
        switch stimulus {
        case .match, .noMatch: return Reaction([], state, left: 490)
        case .scanFailure: return Reaction(["scan.failed level=error"], state, left: 490)
        case .interrupt:
            return Reaction(
                [
                    "signal.received signal=SIGINT", "r action.skipped level=warning action=0/http",
                    "run.finished level=error exitCode=130",
                ], state, left: nil)
        case .terminate:
            let left = min(left ?? 25_000, 25_000)
            return Reaction(["signal.received signal=SIGTERM"], state, left: left...left)
        case .exit, .strangeExit, .success, .failure, .strangeResult, .gone, .strangeGone, .early, .deadline:
            return Reaction([], state, left: left.map { $0...$0 })
        }
    }

    @Test(arguments: Situation.allCases, Stimulus.allCases)
    func reactsAsTheTableSays(situation: Situation, stimulus: Stimulus) throws {
        var dialogue = try situation.reached()
        let state = dialogue.state()
        let isDue = stimulus == .deadline && dialogue.millisecondsLeft != nil
        let left = dialogue.millisecondsLeft.map { $0 - 10 }
        let expected = Self.reaction(to: stimulus, in: situation, state: state, left: left)

        let effects =
            isDue ? try dialogue.reachDeadline() : try dialogue.tell(stimulus.event, after: .milliseconds(10))
        #expect(effects == expected.effects)
        #expect(dialogue.state() == expected.state)
        if let range = expected.left {
            #expect(dialogue.millisecondsLeft.map(range.contains) == true)
        } else {
            #expect(dialogue.millisecondsLeft == nil)
        }
    }

    @Test(arguments: Situation.allCases)
    func nothingHasAnyEffectAfterTheVerdict(situation: Situation) throws {
        var dialogue = try situation.reached()
        try dialogue.tell(.stopRequested(.interrupt))
        let verdict = dialogue.verdict
        for stimulus in Stimulus.allCases {
            #expect(try dialogue.tell(stimulus.event, after: .seconds(60)) == [], "\(stimulus)")
        }
        #expect(dialogue.verdict == verdict)
    }

    @Test func ignoresAnAnswerToNoScan() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}]}")
        #expect(try dialogue.tell(.started) == ["run.started", "scan 0.0"])
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.tell(.saw([0: [7]])) == [])
        #expect(try dialogue.tell(.scanFailed(reason: "EMFILE")) == [])
        #expect(dialogue.state() == "waiting")
    }
}
