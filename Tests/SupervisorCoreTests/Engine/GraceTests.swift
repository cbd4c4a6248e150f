import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// The time between the end and the actions.
struct GraceTests {
    private static func ended(until: String = "allEnded") throws -> Dialogue {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}, {name: b}], until: \(until)}
                gracePeriod: 1800ms
                exitCode: fromTarget
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8]]))
        try dialogue.tell(.exited(7, .exited(3)))
        if until == "allEnded" { try dialogue.tell(.exited(8)) }
        let survivors: Event = until == "allEnded" ? .sawNothing : .saw([1: [8]])
        while dialogue.state() != "grace" { try dialogue.tell(survivors) }
        return dialogue
    }

    @Test func aFreshScanDecidesAtItsEnd() throws {
        var dialogue = try Self.ended()
        for _ in 1...3 {
            try dialogue.reachDeadline()
            #expect(try dialogue.tell(.sawNothing) == [])
        }
        #expect(dialogue.millisecondsLeft == 300)
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(try dialogue.tell(.sawNothing, after: .seconds(1)).first == "r rule.fired outcome=failed")
        #expect(dialogue.verdict?.exitCode == 3)
    }

    @Test func aScanThatBeganBeforeItsEndDoesNotDecide() throws {
        var dialogue = try Self.ended()
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(try dialogue.tell(.sawNothing, after: .seconds(60)) == [])
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1"])
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=failed")
    }

    @Test func aMatchTakesTheRuleBackAndItsFormerLifeIsForgotten() throws {
        var dialogue = try Self.ended()
        try dialogue.reachDeadline()
        #expect(
            try dialogue.tell(.saw([0: [9]])) == ["r target.found target=0 pid=9", "watch 9", "r rule.resumed"])
        // The other target has no live process, so it is looked for.
        #expect(dialogue.millisecondsLeft == 500)
        try dialogue.tell(.exited(9), after: .milliseconds(100))
        #expect(try dialogue.tell(.sawNothing) == ["r rule.grace"])
        #expect(dialogue.millisecondsLeft == 500)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 0)
    }

    @Test func theOtherTargetsLifeIsNotForgotten() throws {
        var dialogue = try Self.ended()
        try dialogue.reachDeadline()
        try dialogue.tell(.saw([1: [9]]))
        try dialogue.tell(.exited(9))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=failed")
        #expect(dialogue.verdict?.exitCode == 3)
    }

    @Test func aFurtherProcessOfATargetThatLivesForgetsNothing() throws {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}, {name: b}], until: anyEnded}
                gracePeriod: 600ms
                exitCode: fromTarget
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8, 9]]))
        try dialogue.tell(.exited(8, .exited(5)))
        try dialogue.tell(.exited(7))
        #expect(try dialogue.tell(.saw([1: [9]])) == ["r rule.grace"])
        try dialogue.reachDeadline()
        try dialogue.tell(.saw([1: [9, 10]]))  // not a new life of 1: 9 lives
        try dialogue.tell(.exited(9))
        try dialogue.tell(.exited(10))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=failed")
        #expect(dialogue.verdict?.exitCode == 5)
    }

    @Test func anotherTargetsMatchDoesNotEndTheGraceOfAnyEnded() throws {
        var dialogue = try Self.ended(until: "anyEnded")
        try dialogue.reachDeadline()
        #expect(
            try dialogue.tell(.saw([1: [8, 10]])) == ["r target.found target=1 pid=10", "watch 10"])
        #expect(dialogue.state() == "grace")
        #expect(
            try dialogue.reachDeadlines(finding: .saw([1: [8, 10]])).prefix(3)
                == ["unwatch 8", "unwatch 10", "r rule.fired outcome=failed"])
    }

    @Test func aMatchSeenWhileAnotherEndIsOpenStillResumes() throws {
        var dialogue = try Self.ended(until: "anyEnded")
        try dialogue.reachDeadline()
        try dialogue.tell(.exited(8))
        let lines = try dialogue.tell(.saw([0: [11]]))
        #expect(lines == ["r target.found target=0 pid=11", "watch 11", "r rule.resumed", "scan 0.0 0.1"])
        // 8's end begins a grace period of its own.
        #expect(try dialogue.tell(.saw([0: [11]])) == ["r rule.grace"])
    }
}
