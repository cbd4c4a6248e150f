import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// What happens to targets that do not appear in time.
struct StartTimeoutTests {
    private static let two = """
        watch: {processes: [{name: a}, {name: b}], startTimeout: 1200ms}
        exitCode: {ended: 0, notStarted: 3}
        actions: [{touch: /done}]
        """

    @Test func aFreshScanDecidesBeforeTargetsAreGivenUp() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.sawNothing)
        for _ in 1...2 {
            try dialogue.reachDeadline()
            #expect(try dialogue.tell(.sawNothing) == [])
        }
        #expect(dialogue.millisecondsLeft == 200)
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(
            try dialogue.tell(.saw([0: [7], 1: [8]])) == [
                "r target.found target=0 pid=7", "watch 7", "r target.found target=1 pid=8", "watch 8",
                "r rule.watching",
            ])
        #expect(dialogue.millisecondsLeft == nil)
    }

    @Test func aScanThatBeganBeforeTheTimeoutDoesNotDecide() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        #expect(try dialogue.tell(.sawNothing, after: .seconds(2)) == [])
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=notStarted")
    }

    @Test func theRuleGoesOnWithTheTargetsThatWereSeen() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        #expect(try dialogue.reachDeadlines(finding: .saw([0: [7]])) == ["r rule.watching"])
        #expect(dialogue.millisecondsLeft == nil)
        #expect(try dialogue.tell(.exited(7)).last == "scan 0.0")
        let fired = ["r rule.fired outcome=notStarted", "r action.started action=0/touch attempt=1", "start 0/0 #1"]
        #expect(try dialogue.tell(.saw([1: [8]])) == fired)
        try dialogue.tell(.attempt(1, .done))
        #expect(dialogue.verdict?.exitCode == 3)
    }

    @Test func onStartTimeoutSkipsTheActions() throws {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}], startTimeout: 1ms, onStartTimeout: skip}
                actions: [{touch: /done}, {sleep: 1s}]
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.sawNothing)
        try dialogue.reachDeadline()
        #expect(
            try dialogue.tell(.sawNothing) == [
                "r rule.fired outcome=notStarted", "r action.skipped action=0/touch", "r action.skipped action=1/sleep",
                "r rule.finished exitCode=1 outcome=notStarted", "run.finished level=error exitCode=1",
            ])
    }

    @Test func aTargetThatEndedBeforeAnotherIsGivenUpIsNotForgotten() throws {
        var dialogue = try Dialogue(rule: Self.two)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.state() == "waiting")
        #expect(
            try dialogue.reachDeadlines(finding: .sawNothing)
                == [
                    "r rule.watching", "r rule.fired outcome=notStarted", "r action.started action=0/touch attempt=1",
                    "start 0/0 #1",
                ])
    }

    @Test func anUnseenTargetOfAnyEndedIsGivenUpWhileWatching() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}, {name: b}], until: anyEnded, startTimeout: 700ms}")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        try dialogue.tell(.saw([0: [7]]))
        #expect(dialogue.millisecondsLeft == 200)
        try dialogue.reachDeadline()
        #expect(try dialogue.tell(.saw([0: [7]])) == [])
        #expect(dialogue.millisecondsLeft == nil)
    }

    @Test func noTimeoutWaitsForEver() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}]}")
        try dialogue.tell(.started)
        try dialogue.tell(.sawNothing)
        for _ in 1...50 {
            dialogue.advance(by: .seconds(86_400))
            #expect(try dialogue.tell(.deadlineReached) == ["scan 0.0"])
            #expect(try dialogue.tell(.sawNothing) == [])
        }
    }

    @Test func roundsInWhichNothingIsSeenAreAnIntervalApart() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}], startTimeout: 1ms}\nrepeat: true")
        try dialogue.tell(.started)
        try dialogue.tell(.sawNothing)
        #expect(dialogue.millisecondsLeft == 1)
        try dialogue.reachDeadline()
        let round = ["r rule.fired outcome=notStarted", "r rule.finished exitCode=1 outcome=notStarted", "scan 0.0"]
        #expect(try dialogue.tell(.sawNothing) == round)
        for _ in 1...5 {
            #expect(try dialogue.tell(.sawNothing) == [])
            #expect(dialogue.millisecondsLeft == 500)
            #expect(try dialogue.reachDeadline() == ["scan 0.0"])
            #expect(try dialogue.tell(.sawNothing) == round)
        }
    }

    @Test func aScanThatDidNotAskForARuleGivesNoneOfItsTargetsUp() throws {
        // `again` begins to wait while a scan for `other` is under way, which says nothing about it.
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: again, watch: {processes: [{name: a}], startTimeout: 1ms}, actions: [{sleep: 1s}], repeat: true}
              - {name: other, watch: {processes: [{name: b}]}}
            """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadline() == ["scan 1.0"])
        try dialogue.reachDeadline()
        #expect(dialogue.state() == "waiting")
        #expect(try dialogue.tell(.sawNothing, after: .seconds(5)) == ["scan 0.0 1.0"])
        #expect(dialogue.state() == "waiting")
        #expect(try dialogue.tell(.sawNothing).first == "again rule.fired outcome=notStarted")
    }
}
