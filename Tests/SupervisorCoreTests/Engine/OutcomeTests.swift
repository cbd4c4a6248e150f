import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport
import Testing

/// From exit statuses to outcome and exit code.
struct OutcomeTests {
    /// Runs a rule whose targets end with these statuses, in this order, and returns what it came to.
    private static func finish(
        _ statuses: [SupervisorCore.ExitStatus], order: [Int]? = nil, exitCode: String, seen: Int? = nil
    ) throws -> Verdict.RuleVerdict {
        let processes = statuses.indices.map { "{name: p\($0)}" }.joined(separator: ", ")
        var dialogue = try Dialogue(
            rule: "watch: {processes: [\(processes)], startTimeout: 1ms}\nexitCode: \(exitCode)")
        let present = Array(statuses.indices.prefix(seen ?? statuses.count))
        try dialogue.tell(.started)
        try dialogue.tell(.saw(Dictionary(uniqueKeysWithValues: present.map { ($0, [Int32($0) + 10]) })))
        for index in order ?? present { try dialogue.tell(.exited(Int32(index) + 10, statuses[index])) }
        while dialogue.verdict == nil {
            if dialogue.shell.pendingScan == nil { try dialogue.reachDeadline() }
            try dialogue.tell(.sawNothing)
        }
        return try #require(dialogue.verdict?.rules.first)
    }

    @Test(
        arguments: [
            ([.exited(0)], .succeeded), ([.exited(1)], .failed), ([.signalled(15)], .failed), ([.unknown], .unknown),
            ([.exited(0), .exited(0)], .succeeded), ([.exited(0), .unknown], .unknown),
            ([.unknown, .exited(2)], .failed), ([.exited(2), .exited(0)], .failed),
        ] as [([SupervisorCore.ExitStatus], Outcome)])
    func theWorstTargetIsTheRules(statuses: [SupervisorCore.ExitStatus], expected: Outcome) throws {
        #expect(try Self.finish(statuses, exitCode: "0").outcome == expected)
    }

    @Test func aTargetThatWasGivenUpOutweighsAFailure() throws {
        let rule = try Self.finish([.exited(2), .exited(0)], exitCode: "{ended: fromTarget, notStarted: 9}", seen: 1)
        #expect(rule.outcome == .notStarted)
        #expect(rule.exitCode == 9)
    }

    @Test func theFailureThatCameFirstGivesItsCode() throws {
        let statuses: [SupervisorCore.ExitStatus] = [.exited(4), .signalled(9), .exited(0), .exited(5)]
        #expect(try Self.finish(statuses, order: [2, 1, 3, 0], exitCode: "fromTarget").exitCode == 137)
        #expect(try Self.finish(statuses, order: [3, 0, 1, 2], exitCode: "fromTarget").exitCode == 5)
    }

    @Test(
        arguments: [
            // exitCode, status, expected
            ("0", .exited(7), 0), ("5", .exited(0), 5), ("5", .exited(7), 5), ("5", .unknown, 5),
            ("fromTarget", .exited(0), 0), ("fromTarget", .exited(7), 7), ("fromTarget", .signalled(2), 130),
            ("fromTarget", .unknown, 0),
            ("{ended: fromTarget, unknown: 44}", .unknown, 44), ("{ended: 5, unknown: 44}", .unknown, 44),
            ("{ended: 5, unknown: 44}", .exited(7), 5), ("{unknown: 44}", .exited(0), 0),
            ("{unknown: 44}", .unknown, 44),
        ] as [(String, SupervisorCore.ExitStatus, Int32)])
    func theExitCodeFollowsTheOutcome(exitCode: String, status: SupervisorCore.ExitStatus, expected: Int32) throws {
        #expect(try Self.finish([status], exitCode: exitCode).exitCode == expected)
    }

    @Test(
        arguments: [
            ([0, 0], 0), ([0, 3], 3), ([2, 3], 2), ([2, 0], 2),
        ] as [([Int32], Int32)])
    func theFirstCodeInFileOrderThatIsNotZeroIsTheRuns(codes: [Int32], expected: Int32) throws {
        var dialogue = try Dialogue(
            """
            version: 1
            rules:
              - {name: one, watch: {processes: [{name: a}]}, exitCode: \(codes[0])}
              - {name: two, watch: {processes: [{name: b}]}, exitCode: \(codes[1])}
            """)
        try dialogue.tell(.started)
        let both = [
            TargetID(0): [Sighting(ProcessIdentity(7), parent: 1)],
            TargetID(0, of: 1): [Sighting(ProcessIdentity(8), parent: 1)],
        ]
        try dialogue.tell(.scanned(ScanResult(sightings: both)))
        try dialogue.tell(.exited(8))  // the second rule finishes first
        try dialogue.tell(.scanned(ScanResult(sightings: [TargetID(0): both[TargetID(0)] ?? []])))
        #expect(dialogue.verdict == nil)
        try dialogue.tell(.exited(7))
        try dialogue.tell(.sawNothing)
        #expect(dialogue.verdict?.exitCode == expected)
    }
}
