import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// The status is what the engine's state is, in every state.
struct RunStatusTests {
    @Test(arguments: Situation.allCases) func namesTheStateOfARule(situation: Situation) throws {
        let status = try situation.reached().shell.engine.status
        let state: RuleStatus.State =
            switch situation {
            case .waiting: .waiting
            case .watching: .watching
            case .grace: .grace
            case .attempting, .cancelling, .backingOff, .sleeping, .awaitingGone: .acting
            case .finished: .finished
            }
        #expect(status.rules.map(\.name) == ["r", "other"])
        #expect(status.rules.map(\.state) == [state, .waiting])
    }

    @Test(arguments: Situation.allCases) func agreesWithTheVerdictOnState(situation: Situation) throws {
        let dialogue = try situation.reached()
        let names = dialogue.shell.engine.status.rules.map(\.state.rawValue)
        #expect(names == [dialogue.state(of: 0), dialogue.state(of: 1)])
    }

    @Test(arguments: Situation.allCases) func tellsTheCurrentActionWhileARuleActs(situation: Situation) throws {
        let current = try situation.reached().shell.engine.status.rules[0].current
        switch situation {
        case .waiting, .watching, .grace, .finished: #expect(current == nil)
        case .attempting: try expect(current, "0/http", .attempting)
        case .cancelling: try expect(current, "0/http", .cancelling)
        case .backingOff: try expect(current, "0/http", .backingOff)
        case .sleeping: try expect(current, "0/sleep", .sleeping)
        case .awaitingGone: try expect(current, "0/signal", .awaitingGone)
        }
    }

    private func expect(
        _ current: RuleStatus.CurrentAction?, _ label: String, _ step: RuleStatus.CurrentAction.Step
    ) throws {
        let current = try #require(current)
        #expect(current.label == label)
        #expect(current.step == step)
        #expect(current.attempt == 1)
    }

    @Test func countsAttemptsAndFailuresAndTellsTheCode() throws {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}]}
                actions: [{http: {url: 'http://h/'}, retry: {attempts: 2, delay: 1s}}, {touch: /x}]
                exitCode: {actionFailed: 9}
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7, .exited(3)))
        try dialogue.tell(.sawNothing)
        try dialogue.tell(.attempt(1, .answered(status: 503)))
        try dialogue.reachDeadline()
        var rule = dialogue.shell.engine.status.rules[0]
        #expect(rule.outcome == .failed)
        #expect(rule.current?.attempt == 2)
        #expect(rule.failures.isEmpty && rule.exitCode == nil)
        try dialogue.tell(.attempt(2, .answered(status: 404)))
        rule = dialogue.shell.engine.status.rules[0]
        #expect(rule.current?.label == "1/touch")
        #expect(rule.failures.map(\.action) == ["0/http"])
        try dialogue.tell(.attempt(3, action: 1, .done))
        rule = dialogue.shell.engine.status.rules[0]
        #expect(rule.state == .finished && rule.current == nil)
        #expect(rule.exitCode == 9)
        #expect(rule.failures.map(\.action) == ["0/http"])
    }

    @Test func namesTheLivingProcessesOfEachTargetByPid() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}, {name: b}, {name: c}], startTimeout: 1s}\ngracePeriod: 1h")
        func targets() -> [TargetStatus] { dialogue.shell.engine.status.rules[0].targets }
        #expect(targets().map(\.phase) == [.unseen, .unseen, .unseen])
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [30, 9], 1: [12]]))
        #expect(targets().map { $0.processes.map(\.pid) } == [[9, 30], [12], []])
        #expect(targets()[0].processes.map(\.name) == ["p9", "p30"])
        try dialogue.tell(.exited(9))
        #expect(targets()[0].processes.map(\.pid) == [30])
        #expect(targets().map(\.phase) == [.present, .present, .unseen])
        try dialogue.tell(.exited(12))
        while targets()[2].phase == .unseen {
            if dialogue.shell.pendingScan == nil { try dialogue.reachDeadline() }
            try dialogue.tell(.saw([0: [30]]))
        }
        #expect(targets().map(\.phase) == [.present, .ended, .givenUp])
    }

    @Test func namesNoProcessOnceTheRuleHasFired() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}, {name: b}], until: anyEnded}\nactions: [{sleep: 1h}]")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.saw([1: [8]]))
        let rule = dialogue.shell.engine.status.rules[0]
        #expect(rule.state == .acting)
        #expect(rule.targets.allSatisfy { $0.processes.isEmpty })
    }

    @Test func tellsWhatATerminationHasLedTo() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\nactions: [{sleep: 1h}]",
            document: "terminationTimeout: 7s")
        try dialogue.tell(.started)
        #expect(dialogue.shell.engine.status.termination == .none)
        try dialogue.tell(.stopRequested(.terminate))
        let until = dialogue.shell.now + .seconds(7)
        #expect(dialogue.shell.engine.status.termination == .draining(until: until))
        dialogue.advance(by: .seconds(7))
        try dialogue.tell(.deadlineReached)
        let status = dialogue.shell.engine.status
        #expect(status.termination == .finishing)
        #expect(status.onTerminate == .drain && status.terminationTimeout == .seconds(7))
        #expect(status.rules[0].outcome == .terminated)
    }
}
