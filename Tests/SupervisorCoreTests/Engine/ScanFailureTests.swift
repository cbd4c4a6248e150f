import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// A process table that cannot be read.
struct ScanFailureTests {
    private static let failure = Event.scanFailed(reason: "openat: EMFILE")

    /// A rule whose only process has just ended.
    private static func ended(grace: String = "0s") throws -> Dialogue {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}]}
                gracePeriod: \(grace)
                exitCode: {ended: 2, actionFailed: 70}
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7))
        return dialogue
    }

    @Test func isTriedAgainEveryHalfSecond() throws {
        var dialogue = try Self.ended()
        for count in 1...9 {
            let lines = try dialogue.tell(Self.failure, after: .milliseconds(20))
            #expect(lines == (count == 1 ? ["scan.failed level=error"] : []))
            #expect(dialogue.millisecondsLeft == 480)
            #expect(try dialogue.reachDeadline() == ["scan 0.0"])
        }
        #expect(dialogue.state() == "watching")
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 2)
    }

    @Test func tenInARowStandForTheEndAndTheRuleCountsAsFailed() throws {
        var dialogue = try Self.ended()
        let lines = try dialogue.reachDeadlines(finding: Self.failure)
        #expect(lines == ["scan.failed level=error"])
        let fired = try dialogue.reachDeadlines(finding: Self.failure)
        #expect(fired.first == "r rule.fired level=error outcome=succeeded")
        #expect(dialogue.shell.now - Instant(nanoseconds: 1_000_000_000) == .milliseconds(4_500))
        let rule = try #require(dialogue.verdict?.rules.first)
        #expect(rule.exitCode == 70)
        #expect(rule.failures.map(\.action) == ["watch"])
    }

    @Test func aBurstOfEndsIsOneFailureNotMany() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}, {name: b}, {name: c}]}")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8], 2: [9]]))
        #expect(try dialogue.tell(.exited(7)).last == "scan 0.0 0.1 0.2")
        try dialogue.tell(Self.failure)
        #expect(try dialogue.tell(.exited(8)) == ["r target.exited target=1 pid=8 exitCode=0"])
        #expect(try dialogue.tell(.exited(9)) == ["r target.exited target=2 pid=9 exitCode=0"])
        #expect(dialogue.millisecondsLeft == 500)
        #expect(try dialogue.reachDeadline() == ["scan 0.0 0.1 0.2"])
        #expect(try dialogue.tell(.sawNothing).first == "r rule.fired outcome=succeeded")
    }

    @Test func anEndDuringTheTenthIsNotYetTakenForGranted() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}, {name: b}]}")
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7], 1: [8]]))
        try dialogue.tell(.exited(7))
        for _ in 1...9 {
            try dialogue.tell(Self.failure)
            try dialogue.reachDeadline()
        }
        try dialogue.tell(.exited(8))
        #expect(try dialogue.tell(Self.failure) == [])
        try dialogue.reachDeadline()
        #expect(try dialogue.tell(Self.failure).first == "r rule.fired level=error outcome=succeeded")
    }

    @Test func aGoodScanConfirmsWhatWasTakenForGranted() throws {
        var dialogue = try Self.ended(grace: "2s")
        while dialogue.state() == "watching" { _ = try dialogue.reachDeadlines(finding: Self.failure) }
        #expect(dialogue.state() == "grace")
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 2)
    }

    @Test func aGoodScanRefutesWhatWasTakenForGranted() throws {
        var dialogue = try Self.ended(grace: "2s")
        while dialogue.state() == "watching" { _ = try dialogue.reachDeadlines(finding: Self.failure) }
        #expect(try dialogue.reachDeadlines(finding: .saw([0: [8]])).last == "r rule.resumed")
        try dialogue.tell(.exited(8))
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: .sawNothing).first == "r rule.fired outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 2)
    }

    @Test func theEndOfGraceIsTakenForGrantedToo() throws {
        var dialogue = try Self.ended(grace: "2s")
        try dialogue.tell(.sawNothing)
        #expect(try dialogue.reachDeadlines(finding: Self.failure) == ["scan.failed level=error"])
        let fired = try dialogue.reachDeadlines(finding: Self.failure)
        #expect(fired.first == "r rule.fired level=error outcome=succeeded")
        #expect(dialogue.verdict?.exitCode == 70)
    }

    @Test func targetsAreGivenUpUnseenOnlyAfterTen() throws {
        var dialogue = try Dialogue(rule: "watch: {processes: [{name: a}], startTimeout: 1s}")
        try dialogue.tell(.started)
        try dialogue.tell(Self.failure)
        let fired = try dialogue.reachDeadlines(finding: Self.failure)
        #expect(fired.first == "r rule.fired level=error outcome=notStarted")
        #expect(dialogue.shell.now - Instant(nanoseconds: 1_000_000_000) == .milliseconds(4_500))
    }

    @Test func nothingIsDoneToARuleWhoseProcessLives() throws {
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{name: a}]}}
              - {name: other, watch: {processes: [{name: b}]}}
            """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        for count in 1...241 {
            try dialogue.reachDeadline()
            let lines = try dialogue.tell(Self.failure)
            #expect(lines == (count == 1 || count % 120 == 0 ? ["scan.failed level=error"] : []))
        }
        #expect(dialogue.state() == "watching")
    }

    @Test func sigtermNeedsNoConfirmation() throws {
        var dialogue = try Self.ended(grace: "1h")
        while dialogue.state() == "watching" { _ = try dialogue.reachDeadlines(finding: Self.failure) }
        try dialogue.tell(.stopRequested(.terminate))
        while dialogue.verdict == nil {
            try dialogue.reachDeadline()
            if dialogue.shell.pendingScan != nil { try dialogue.tell(Self.failure) }
        }
        #expect(dialogue.verdict?.rules[0].outcome == .terminated)
        #expect(dialogue.verdict?.exitCode == 0)
    }
}
