import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// A new configuration in every state of a rule: see ``Situation`` and ``Change``.
struct ReloadTests {
    private static let looking: Set<Situation> = [.waiting, .watching, .grace]

    @Test(arguments: Situation.allCases, Change.allCases)
    func keepsBeginsAnewOrLeavesAlone(situation: Situation, change: Change) throws {
        var dialogue = try situation.reached()
        let (state, left) = (dialogue.state(), dialogue.millisecondsLeft)
        let lines = try dialogue.tell(.reloaded(try change.plan(in: situation)))
        #expect(lines.filter { $0 == "config.reloaded" }.count == 1)
        let isLooking = Self.looking.contains(situation)
        switch change {
        case _ where change.keepsRule || !isLooking:
            // A scan is under way, so not even that is asked for.
            #expect(lines == ["config.reloaded"])
            #expect(dialogue.state(named: "r") == state)
            #expect(dialogue.millisecondsLeft == left)
        case .removal:
            #expect(lines.contains("unwatch 7") == (situation == .watching))
            #expect(dialogue.state(named: "r") == nil)
        case .renaming:
            #expect(!lines.contains("unwatch 7"))
            #expect(lines.contains("renamed target.found target=0 pid=7") == (situation == .watching))
            #expect(dialogue.state(named: "r") == nil)
            #expect(dialogue.state(named: "renamed") == "waiting")
        case _ where change.keepsTarget:
            #expect(!lines.contains("unwatch 7"))
            #expect(lines.contains("r target.found target=0 pid=7") == (situation == .watching))
            #expect(dialogue.state(named: "r") == "waiting")
        default:
            #expect(lines.contains("unwatch 7") == (situation == .watching))
            #expect(dialogue.state(named: "r") == "waiting")
        }
    }

    /// Plays everything out after the change: process 7 ends, where it lives, nothing else appears, every attempt and wait
    /// succeeds, and what waits in the end is told to stop.
    private func playOut(_ dialogue: inout Dialogue, _ situation: Situation) throws -> [String] {
        var lines: [String] = []
        if situation == .watching { lines += try dialogue.tell(.exited(7)) }
        for _ in 0..<60 {
            if let attempt = dialogue.shell.attempts.keys.first {
                lines += try dialogue.tell(.attemptFinished(attempt, .answered(status: 200)))
            } else if let action = dialogue.shell.awaited.first {
                lines += try dialogue.tell(.processesGone(action))
            } else if dialogue.shell.pendingScan != nil {
                lines += try dialogue.tell(.sawNothing)
            } else {
                lines += try dialogue.reachDeadline()
            }
        }
        return lines
    }

    @Test(arguments: Situation.allCases, Change.allCases)
    func actsOnceAndForgetsNothing(situation: Situation, change: Change) throws {
        var dialogue = try situation.reached()
        var lines = try dialogue.tell(.reloaded(try change.plan(in: situation)))
        lines += try playOut(&dialogue, situation)
        // Under its new name, where it is not too late for one.
        let isRenamed = change == .renaming && Self.looking.contains(situation)
        let name = isRenamed ? "renamed" : "r"
        let fired = lines.count { $0.hasPrefix("\(name) rule.fired") }
        let finished = lines.count { $0.hasPrefix("\(name) rule.finished") }
        switch situation {
        case .finished:
            #expect(fired == 0)
            #expect(finished == 0)
            #expect(dialogue.state(named: "r") == "finished")
        case .attempting, .cancelling, .backingOff, .sleeping, .awaitingGone:
            #expect(fired == 0)
            #expect(finished == 1)
            #expect(dialogue.state(named: "r") == "finished")
        case .waiting:
            #expect(fired == 0)
        case .watching, .grace:
            // With another target to wait for, it does not end yet.
            let ends = change.keepsTarget && change != .secondTarget
            #expect(fired == (ends ? 1 : 0))
            #expect(finished == fired)
        }
    }

    @Test(arguments: [Situation.watching, .grace])
    func runsTheNewActionsOfARuleThatHasNotFired(situation: Situation) throws {
        var dialogue = try situation.reached()
        try dialogue.tell(.reloaded(try Change.action.plan(in: situation)))
        _ = try playOut(&dialogue, situation)
        let rule = try #require(dialogue.shell.engine.rule(RuleID(2)))
        #expect(rule.actions.map(\.label) == ["0/touch"])
        #expect(dialogue.state(named: "r") == "finished")
    }

    @Test func noticesAnEndThatIsToldInTheMomentOfTheChange() throws {
        var dialogue = try Situation.watching.reached()
        try dialogue.tell(.exited(7, .exited(3)))
        try dialogue.tell(.reloaded(try Change.exitCode.plan(in: .watching)))
        // The scan under way is older than the change, and says nothing about the new rule.
        #expect(try dialogue.tell(.sawNothing) == ["r rule.watching", "scan 2.0 1.0"])
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=failed")
    }

    @Test func doesNotFireBeforeAFreshLookHasConfirmedTheEnd() throws {
        var dialogue = try Situation.grace.reached()
        try dialogue.tell(.reloaded(try Plan.parsing(Self.withoutGrace)))
        #expect(try dialogue.tell(.sawNothing) == ["r rule.watching", "scan 2.0 1.0"])
        // A match came back meanwhile: nothing is done.
        #expect(try dialogue.tell(.scanned(Self.sighting(of: 8, rule: 2))).contains("watch 8"))
        #expect(dialogue.state(named: "r") == "watching")
    }

    private static let withoutGrace = """
        version: 1
        rules:
          - {name: r, watch: {processes: [{name: a}]}, actions: [touch: /new]}
          - {name: other, watch: {processes: [{name: b}]}}
        """

    private static func sighting(of pid: Int32, rule: Int) -> ScanResult {
        ScanResult(sightings: [TargetID(0, of: rule): [Sighting(ProcessIdentity(pid), parent: 1)]])
    }

    @Test func handsEachTargetOverOnceWhereSelectorsAreTheSame() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: a}]}")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [7]]))
        let plan = try Plan.parsing(
            "version: 1\nrules: [{name: r, watch: {processes: [{name: a}]}, exitCode: 4}]")
        // The target that is gone lets go, the other holds on: the process is still watched.
        #expect(try dialogue.tell(.reloaded(plan)).filter { $0.contains("watch") }.isEmpty)
        #expect(dialogue.shell.watched == [ProcessIdentity(7)])
    }

    @Test func losesNothingWhereTwoRulesExchangeTheirNames() throws {
        func plan(_ first: String, _ second: String) -> String {
            """
            version: 1
            rules:
              - {name: \(first), watch: {processes: [{name: a}]}, gracePeriod: 5s, actions: [touch: /a]}
              - {name: \(second), watch: {processes: [{name: b}]}, actions: [touch: /b]}
            """
        }
        var dialogue = try Dialogue(plan("x", "y"))
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.state(named: "x") == "grace")
        try dialogue.tell(.reloaded(try Plan.parsing(plan("y", "x"))))
        #expect(try dialogue.tell(.sawNothing) == ["y rule.watching", "y rule.grace"])
        #expect(dialogue.state(named: "x") == "waiting")
        let lines = try dialogue.reachDeadlines(finding: .sawNothing)
        #expect(lines.first == "y rule.fired outcome=succeeded")
    }

    @Test func takesUpTheNewVersionOfARepeatingRuleInItsNextRound() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}]}\nactions: [{touch: /a}]\nrepeat: true")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        #expect(try dialogue.tell(.sawNothing).last == "start 0/0 #1")
        let plan = try Plan.parsing(
            "version: 1\nrules: [{name: r, watch: {processes: [{name: z}]}, actions: [{touch: /b}, {touch: /c}], repeat: true}]"
        )
        #expect(try dialogue.tell(.reloaded(plan)) == ["config.reloaded"])
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.state() == "waiting")
        #expect(dialogue.shell.engine.rule(RuleID(0)) == plan.rules[0])
    }

    @Test func givesARepeatingRuleThatIsNowFinalItsNextRound() throws {
        let keys = "name: r, watch: {processes: [{name: a}]}"
        var dialogue = try Dialogue("version: 1\nrules: [{\(keys), actions: [{touch: /a}], repeat: true}]")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        let plan = try Plan.parsing("version: 1\nrules: [{\(keys), actions: [{touch: /b}], final: true}]")
        try dialogue.tell(.reloaded(plan))
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.verdict == nil)
        #expect(dialogue.state() == "waiting")
        try dialogue.tell(.saw([0: [8]]))
        try dialogue.tell(.exited(8))
        #expect(try dialogue.tell(.sawNothing).last == "start 0/0 #2")
        try dialogue.tell(.attempt(2, .done))
        #expect(dialogue.verdict?.reason == .finalRule("r"))
        #expect(dialogue.verdict?.rules.first?.notDone == [])
    }

    @Test func countsTheFailureOfARuleThatIsGone() throws {
        var dialogue = try Situation.attempting.reached()
        try dialogue.tell(.reloaded(try Change.removal.plan(in: .attempting)))
        #expect(dialogue.state(named: "r") == "acting")
        try dialogue.tell(.attempt(1, .answered(status: 404)))
        try dialogue.tell(.scanned(Self.sighting(of: 9, rule: 1)))
        try dialogue.tell(.exited(9))
        while dialogue.verdict == nil {
            if dialogue.shell.pendingScan != nil {
                try dialogue.tell(.sawNothing)
            } else {
                try dialogue.reachDeadline()
            }
        }
        #expect(dialogue.verdict?.exitCode == 1)
        #expect(dialogue.verdict?.rules.map(\.name) == ["other", "r"])
    }

    @Test func doesNotActAgainWhenARemovedRuleComesBack() throws {
        var dialogue = try Situation.finished.reached()
        try dialogue.tell(.reloaded(try Change.removal.plan(in: .finished)))
        try dialogue.tell(.reloaded(try Change.comment.plan(in: .finished)))
        #expect(dialogue.state(named: "r") == "finished")
    }

    @Test func looksForNothingBeforeTheStart() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}], startTimeout: 1s}")
        let plan = try Plan.parsing("version: 1\nrules: [{name: r, watch: {processes: [{name: b}], startTimeout: 1s}}]")
        #expect(try dialogue.tell(.reloaded(plan)) == ["config.reloaded"])
        #expect(dialogue.millisecondsLeft == nil)
        #expect(try dialogue.tell(.started) == ["run.started", "scan 1.0"])
    }

    @Test func watchesAgainWhereARepeatingRuleComesBackAfterItsRound() throws {
        let rule = "{name: r, watch: {processes: [{name: a}]}, actions: [{touch: /a}], repeat: true}"
        let other = "{name: other, watch: {processes: [{name: b}]}}"
        var dialogue = try Dialogue("version: 1\nrules: [\(rule), \(other)]")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        try dialogue.tell(.reloaded(try Plan.parsing("version: 1\nrules: [\(other)]")))
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.state(named: "r") == "finished")
        try dialogue.tell(.reloaded(try Plan.parsing("version: 1\nrules: [\(rule), \(other)]")))
        #expect(dialogue.state(named: "r") == "waiting")
    }

    @Test func endsTheRunWhereOnlyFinishedRulesAreLeft() throws {
        var dialogue = try Situation.finished.reached()
        let plan = try Plan.parsing("version: 1\nrules: [{name: r, watch: {processes: [{name: a}]}}]")
        let lines = try dialogue.tell(.reloaded(plan))
        #expect(lines.contains("run.finished exitCode=0"))
        #expect(dialogue.verdict?.reason == .finished)
    }

    @Test func refusesAChangeOnceEveryRuleHasFired() throws {
        var dialogue = try Situation.watching.reached(document: "onTerminate: run")
        try dialogue.tell(.stopRequested(.terminate))
        #expect(
            try dialogue.tell(.reloaded(try Change.addition.plan(in: .watching))) == [
                "config.rejected level=warning"
            ])
        #expect(dialogue.state(named: "extra") == nil)
    }

    @Test func goesOnDrainingWithTheNewRules() throws {
        var dialogue = try Situation.watching.reached()
        try dialogue.tell(.stopRequested(.terminate))
        try dialogue.tell(.reloaded(try Change.addition.plan(in: .watching)))
        dialogue.advance(by: .seconds(25))
        let lines = try dialogue.tell(.deadlineReached)
        #expect(lines.count { $0.contains("rule.fired outcome=terminated") } == 3)
    }

    @Test func startTimeoutsOfNewRulesBeginWithTheChange() throws {
        var dialogue = try Situation.waiting.reached()
        dialogue.advance(by: .seconds(3_000))
        try dialogue.tell(.reloaded(try Change.startTimeout.plan(in: .waiting)))
        for _ in 0..<8_000 where dialogue.shell.now < Instant(nanoseconds: 0) + .seconds(6_500) {
            if dialogue.shell.pendingScan != nil {
                try dialogue.tell(.sawNothing)
            } else {
                try dialogue.reachDeadline()
            }
        }
        #expect(dialogue.state(named: "r") == "waiting")
    }
}
