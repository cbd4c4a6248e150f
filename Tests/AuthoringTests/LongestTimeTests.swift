import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Authoring

/// What `knell explain` promises of durations, against what the engine does.
struct LongestTimeTests {
    private static let policies = [
        RetryPolicy(attempts: 5, delay: .milliseconds(500), maxDelay: .seconds(10)),
        RetryPolicy(attempts: 12, delay: .milliseconds(1), maxDelay: .seconds(3_600)),
        RetryPolicy(attempts: 4, delay: .seconds(7), maxDelay: .seconds(7)),
        RetryPolicy(attempts: 3, delay: .milliseconds(333), maxDelay: .milliseconds(700)),
    ]

    @Test(arguments: policies) func noPauseOfTheEngineIsLongerAndSomeComeClose(policy: RetryPolicy) {
        for attempt in 1..<policy.attempts {
            let longest = policy.longestPause(afterAttempt: attempt)
            var longestSeen = Duration.zero
            for seed in UInt64(0)..<500 {
                var generator = SeededGenerator(seed: seed)
                longestSeen = max(longestSeen, policy.pause(afterAttempt: attempt, using: &generator))
            }
            #expect(longestSeen <= longest)
            #expect(longestSeen >= longest * 9 / 10)
        }
    }

    private static func plan(_ actions: String, top: String = "") throws -> Plan {
        try Plan.parsing(
            "{version: 1, \(top) rules: [{name: r, watch: {processes: [{name: main}]}, actions: \(actions)}]}")
    }

    @Test(
        arguments: [
            ("{shutdown: istio}", .milliseconds(16_800)), ("{sleep: 3s}", .seconds(3)), ("{touch: /a}", .seconds(5)),
            ("{touch: /a, timeout: 1s, retry: {}}", .milliseconds(4_800)),
            ("{signal: {pid: 7}, timeout: 1s, thenGone: {within: 9s}}", .seconds(10)),
            ("{touch: /a, timeout: 1s, retry: {attempts: 2, delay: 2s, maxDelay: 2s}}", .seconds(4)),
        ] as [(String, Duration)])
    func anActionTakesItsAttemptsPausesAndTheWaitBehindThem(action: String, longest: Duration) throws {
        let rule = try #require(Self.plan("[\(action)]").rules.first)
        #expect(rule.actions.map(\.longestTime) == [longest])
    }

    @Test func ofActionsThatNeverRunTogetherTheLongerCounts() throws {
        let actions =
            "[{sleep: 1s}, {sleep: 20s, when: [failed]}, {sleep: 30s, when: [notStarted, terminated]}, {sleep: 4s, when: [failed]}]"
        let rule = try #require(Self.plan(actions).rules.first)
        #expect(rule.longestTime(for: .succeeded) == .seconds(1))
        #expect(rule.longestTime(for: .failed) == .seconds(25))
        #expect(rule.longestTime == .seconds(31))
    }

    @Test(
        arguments: [
            ("", "[{shutdown: istio}]", 42), ("onTerminate: run,", "[{shutdown: istio}]", 17),
            ("onTerminate: exit,", "[{shutdown: istio}]", 1), ("terminationTimeout: 0s,", "[]", 1),
            ("terminationTimeout: 20s,", "[{sleep: 10s}]", 31), ("terminationTimeout: 20s,", "[{sleep: 9999ms}]", 30),
        ] as [(String, String, Int64)])
    func theGracePeriodIsTheFirstWholeSecondBeyondAll(top: String, actions: String, seconds: Int64) throws {
        #expect(try Self.plan(actions, top: top).leastGracePeriodSeconds == seconds)
    }
}
