import ConfigModel
import Testing

@testable import Simulation

struct SimulatedFactsTests {
    /// The indices of the only process, 0, where the selector of this text matches it.
    private static func matches(_ selector: String, _ process: String) throws -> Bool {
        var matcher = ProcessMatcher(try scenario("processes: [{\(process)}]").processes, budget: 1_000)
        let target = try #require(try plan(processes: "{\(selector)}").rules.first?.targets.first)
        return matcher.matches(target) == [0]
    }

    @Test(arguments: [
        ("name: ^report$", "name: report", true), ("name: ^report$", "name: reporter", false),
        ("commandLine: '^report$'", "name: report", true),
        ("commandLine: daily", "name: report, commandLine: python -m report --daily", true),
        ("commandLine: '^report$'", "name: report, commandLine: python -m report", false),
        ("executable: ^/bin/report$", "name: report, commandLine: /bin/report -v", true),
        ("executable: ^/usr", "name: report, commandLine: /bin/report, executable: /usr/bin/report", true),
        ("executable: report", "name: report", false),
        ("user: 0", "name: report", true), ("user: 5", "name: report, user: 5", true),
        ("user: 5", "name: report", false),
        ("name: report, user: 5", "name: report, user: 6", false),
    ])
    func aProcessIsWhatTheScenarioSays(selector: String, process: String, isMatch: Bool) throws {
        #expect(try Self.matches(selector, process) == isMatch)
    }

    @Test(arguments: [
        ("name: ^a-very-long-process-name$", "name: a-very-long-process-name", true),
        ("name: ^a-very-long-pro$", "name: a-very-long-process-name", false),
        (
            "name: ^a-very-long-process-name$",
            "name: a-very-long-process-name, commandLine: /opt/a-very-long-process-name -v", true
        ),
        ("name: ^a-very-long-pro$", "name: a-very-long-process-name, commandLine: python x", true),
        (
            "name: ^a-very-long-process-name$",
            "name: a-very-long-process-name, commandLine: x, executable: /bin/a-very-long-process-name", true
        ),
    ])
    func longNamesAreCutAndCompletedAsTheKernelAndKnellDo(selector: String, process: String, isMatch: Bool) throws {
        #expect(try Self.matches(selector, process) == isMatch)
    }

    @Test func nearMissesAreThoseThatMissByALaterCondition() throws {
        var matcher = ProcessMatcher(
            try scenario("processes: [{name: main, user: 6}, {name: main, user: 6}, {name: other, user: 5}]").processes,
            budget: 1_000)
        let target = try #require(try plan(processes: "{name: ^main$, user: 5}").rules.first?.targets.first)
        let misses = matcher.nearMisses(of: target)
        #expect(misses.map(\.name) == ["main"])
        #expect(misses.map(\.condition) == ["user"])
    }

    @Test func aBudgetBoundsWhatIsCompared() throws {
        // Both look the same, so they count once: 3 bytes of name and 3 of arguments.
        let processes = try scenario("processes: [{name: abc}, {name: abc}]").processes
        let selectors = try plan(processes: "{name: a}, {name: b}").rules[0].targets
        var matcher = ProcessMatcher(processes, budget: 11)
        #expect(matcher.matches(selectors[0]) == [0, 1])
        #expect(matcher.matches(selectors[0]) == [0, 1])
        #expect(!matcher.isExhausted)
        #expect(matcher.matches(selectors[1]) == [])
        #expect(matcher.isExhausted)
    }
}
