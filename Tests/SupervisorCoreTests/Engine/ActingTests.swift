import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// From the end of the targets to the end of the rule.
struct ActingTests {
    /// A conversation at the point where the rule has fired.
    private static func fired(
        actions: String, status: SupervisorCore.ExitStatus = .exited(0)
    ) throws -> (dialogue: Dialogue, lines: [String]) {
        var dialogue = try Dialogue(
            rule: """
                watch: {processes: [{name: a}]}
                exitCode: {ended: fromTarget, actionFailed: 70}
                actions: \(actions)
                """)
        try dialogue.tell(.started)
        try dialogue.tell(.saw([0: [7]]))
        try dialogue.tell(.exited(7, status))
        let lines = try dialogue.tell(.sawNothing)
        return (dialogue, lines)
    }

    @Test func runsTheActionsInOrderOneAtATime() throws {
        var (dialogue, lines) = try Self.fired(actions: "[{touch: /a}, {sleep: 2s}, {exec: {command: [/b]}}]")
        #expect(
            lines == [
                "r rule.fired outcome=succeeded", "r action.started action=0/touch attempt=1", "start 0/0 #1",
            ])
        #expect(
            try dialogue.tell(.attempt(1, .done)) == [
                "r action.succeeded action=0/touch attempt=1", "r action.started action=1/sleep attempt=1",
            ])
        #expect(dialogue.millisecondsLeft == 2_000)
        #expect(
            try dialogue.reachDeadline() == [
                "r action.succeeded action=1/sleep attempt=1", "r action.started action=2/exec attempt=1",
                "start 0/2 #2",
            ])
        #expect(
            try dialogue.tell(.attempt(2, action: 2, .done)) == [
                "r action.succeeded action=2/exec attempt=1", "r rule.finished exitCode=0 outcome=succeeded",
                "run.finished exitCode=0",
            ])
    }

    @Test(
        arguments: [
            (.exited(0), "succeeded", [0]), (.exited(1), "failed", [1]), (.signalled(9), "failed", [1]),
            (.unknown, "unknown", [2]),
        ] as [(SupervisorCore.ExitStatus, String, [Int])])
    func runsOnlyWhatTheOutcomeAsksFor(status: SupervisorCore.ExitStatus, outcome: String, expected: [Int]) throws {
        var (dialogue, lines) = try Self.fired(
            actions: """
                [{sleep: 0s, when: [succeeded]}, {sleep: 0s, when: [failed, terminated]}, {sleep: 0s, when: [unknown]}]
                """, status: status)
        #expect(lines.first == "r rule.fired outcome=\(outcome)")
        lines += try dialogue.reachDeadline()
        for index in 0...2 {
            let verb = expected.contains(index) ? "succeeded" : "skipped"
            #expect(lines.contains { $0.hasPrefix("r action.\(verb) action=\(index)/sleep") })
        }
        #expect(dialogue.verdict != nil)
    }

    @Test func sleepsOfNoTimeEndWithinOneEvent() throws {
        var (dialogue, _) = try Self.fired(actions: "[{sleep: 0s}, {sleep: 0s}, {sleep: 0s}]")
        #expect(dialogue.millisecondsLeft == 0)
        try dialogue.reachDeadline()
        #expect(dialogue.verdict?.exitCode == 0)
    }

    @Test(arguments: [("continue", ["start 0/1 #2"], 70), ("ignore", ["start 0/1 #2"], 0), ("stop", [], 70)])
    func onFailureDecidesWhatFollows(policy: String, starts: [String], code: Int32) throws {
        var (dialogue, _) = try Self.fired(actions: "[{touch: /a, onFailure: \(policy)}, {touch: /b}]")
        let lines = try dialogue.tell(.attempt(1, .failed(reason: "EROFS", isTransient: false)))
        let level = policy == "ignore" ? "warning" : "error"
        #expect(lines.first == "r action.failed level=\(level) action=0/touch attempt=1")
        #expect(lines.filter { $0.hasPrefix("start") } == starts)
        if policy == "stop" {
            #expect(lines.contains("r action.skipped action=1/touch"))
        } else {
            try dialogue.tell(.attempt(2, action: 1, .done))
        }
        let rule = try #require(dialogue.verdict?.rules.first)
        #expect(rule.exitCode == code)
        #expect(rule.failures.map(\.action) == (code == 0 ? [] : ["0/touch"]))
        #expect(rule.failures.map(\.reason) == (code == 0 ? [] : ["EROFS"]))
    }

    @Test func triesTransientFailuresAgainUntilTheLastAttempt() throws {
        var (dialogue, _) = try Self.fired(
            actions: "[{http: {url: 'http://h/'}, retry: {attempts: 3, delay: 1s, maxDelay: 5s}}]")
        #expect(
            try dialogue.tell(.attempt(1, .answered(status: 503)))
                == ["r action.retried level=warning action=0/http attempt=1 status=503"])
        #expect((800...1_200).contains(dialogue.millisecondsLeft ?? 0))
        #expect(try dialogue.reachDeadline() == ["start 0/0 #2"])
        try dialogue.tell(.attempt(2, .refused))
        #expect((1_600...2_400).contains(dialogue.millisecondsLeft ?? 0))
        #expect(try dialogue.reachDeadline() == ["start 0/0 #3"])
        #expect(
            try dialogue.tell(.attempt(3, .dropped)).first == "r action.failed level=error action=0/http attempt=3")
        #expect(dialogue.verdict?.exitCode == 70)
    }

    @Test func doesNotTryAgainWhatIsNotTransient() throws {
        var (dialogue, _) = try Self.fired(actions: "[{http: {url: 'http://h/'}}]")
        #expect(
            try dialogue.tell(.attempt(1, .answered(status: 404))).first
                == "r action.failed level=error action=0/http attempt=1 status=404")
    }

    @Test func everyActionCountsItsOwnAttempts() throws {
        var (dialogue, _) = try Self.fired(actions: "[{http: {url: 'http://h/'}}, {http: {url: 'http://h/'}}]")
        try dialogue.tell(.attempt(1, .refused))
        try dialogue.reachDeadline()
        try dialogue.tell(.attempt(2, .answered(status: 200)))
        try dialogue.tell(.attempt(3, action: 1, .refused))
        try dialogue.reachDeadline()
        #expect(
            try dialogue.tell(.attempt(4, action: 1, .refused))
                == ["r action.retried level=warning action=1/http attempt=2"])
    }

    @Test func cancelsAnAttemptThatTakesTooLong() throws {
        var (dialogue, _) = try Self.fired(actions: "[{exec: {command: [/a]}, timeout: 7s}]")
        #expect(dialogue.millisecondsLeft == 7_000)
        #expect(try dialogue.reachDeadline() == ["cancel #1"])
        #expect(
            try dialogue.tell(.attempt(1, .timedOut)).first == "r action.failed level=error action=0/exec attempt=1")
    }

    @Test func whatIsDoneInSpiteOfItsCancellationIsDone() throws {
        var (dialogue, _) = try Self.fired(actions: "[{touch: /a}]")
        try dialogue.reachDeadline()
        #expect(try dialogue.tell(.attempt(1, .done)).first == "r action.succeeded action=0/touch attempt=1")
    }

    @Test func goesOnWithoutAnAttemptThatIgnoresItsCancellation() throws {
        var (dialogue, _) = try Self.fired(actions: "[{http: {url: 'http://h/'}}]")
        try dialogue.reachDeadline()
        #expect(dialogue.millisecondsLeft == 2_000)
        #expect(try dialogue.reachDeadline() == ["r action.retried level=warning action=0/http attempt=1"])
        #expect(try dialogue.tell(.attempt(1, .answered(status: 200))) == [])
        #expect(try dialogue.reachDeadline() == ["start 0/0 #2"])
        #expect(try dialogue.tell(.attempt(1, .answered(status: 200))) == [])
        #expect(try dialogue.tell(.attempt(2, .answered(status: 200))).count == 3)
    }

    @Test func holdsAnActionBackUntilProcessesAreGone() throws {
        var (dialogue, _) = try Self.fired(
            actions: "[{signal: {process: {name: p}}, thenGone: {within: 9s}}, {touch: /b}]")
        #expect(try dialogue.tell(.attempt(1, .signalled(count: 2))) == ["awaitGone 0/0"])
        #expect(dialogue.millisecondsLeft == 9_000)
        #expect(
            try dialogue.tell(.processesGone(ActionID(rule: RuleID(0), index: 0))) == [
                "r action.succeeded action=0/signal attempt=1", "r action.started action=1/touch attempt=1",
                "start 0/1 #2",
            ])
        #expect(try dialogue.tell(.processesGone(ActionID(rule: RuleID(0), index: 0))) == [])
    }

    @Test func doesNotWaitForProcessesWhenTheActionItselfFailed() throws {
        var (dialogue, _) = try Self.fired(actions: "[{signal: {process: {name: p}}, thenGone: {within: 9s}}]")
        let lines = try dialogue.tell(.attempt(1, .failed(reason: "EPERM", isTransient: false)))
        #expect(lines.first == "r action.failed level=error action=0/signal attempt=1")
    }

    @Test func repeatsWithAttemptsOfTheirOwn() throws {
        var dialogue = try Dialogue(
            rule: "watch: {processes: [{name: a}]}\nactions: [{touch: /a}]\nexitCode: 4\nrepeat: true")
        try dialogue.tell(.started)
        for round: Int32 in 1...3 {
            try dialogue.tell(.saw([0: [round + 10]]))
            try dialogue.tell(.exited(round + 10, .exited(9)))
            #expect(try dialogue.tell(.sawNothing).last == "start 0/0 #\(round)")
            #expect(
                try dialogue.tell(.attempt(Int(round), .done)) == [
                    "r action.succeeded action=0/touch attempt=1", "r rule.finished exitCode=4 outcome=failed",
                    "scan 0.0",
                ])
            #expect(dialogue.state() == "waiting")
        }
    }

    @Test func aFinalRuleEndsTheRunWhileOthersAct() throws {
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: slow, watch: {processes: [{name: a}]}, actions: [{touch: /a}, {touch: /b}]}
              - {name: last, watch: {processes: [{name: a}]}, actions: [{sleep: 1s}], exitCode: 5, final: true}
              - {name: idle, watch: {processes: [{name: c}]}, actions: [{sleep: 1s}]}
            """)
        let sightings = [Sighting(ProcessIdentity(7), parent: 1)]
        try dialogue.tell(.started)
        try dialogue.tell(
            .scanned(ScanResult(sightings: [TargetID(0): sightings, TargetID(0, of: 1): sightings])))
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        try dialogue.reachDeadline()
        try dialogue.tell(.sawNothing)
        #expect(
            try dialogue.reachDeadline() == [
                "last action.succeeded action=0/sleep attempt=1", "last rule.finished exitCode=5 outcome=succeeded",
                "cancel #1", "slow action.skipped level=warning action=0/touch",
                "slow action.skipped level=warning action=1/touch", "idle action.skipped level=warning action=0/sleep",
                "run.finished level=error exitCode=5",
            ])
        let verdict = try #require(dialogue.verdict)
        #expect(verdict.exitCode == 5)
        #expect(verdict.reason == .finalRule("last"))
        #expect(verdict.rules.map(\.state) == [.acting, .finished, .waiting])
        #expect(verdict.rules.map(\.notDone) == [["0/touch", "1/touch"], [], ["0/sleep"]])
        #expect(verdict.rules.map(\.exitCode) == [nil, 5, nil])
        #expect(verdict.rules.map(\.outcome) == [.succeeded, .succeeded, nil])
    }
}
