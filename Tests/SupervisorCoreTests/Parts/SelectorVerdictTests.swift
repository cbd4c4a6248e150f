import ConfigModel
import SupervisorCore
import Testing

/// A selector against one process's facts.
struct SelectorVerdictTests {
    /// Facts as given; counts which were asked for.
    private struct Facts: ProcessFacts {
        var faults: [SelectorVerdict.Condition: FactError] = [:]
        var asked: [SelectorVerdict.Condition] = []

        private mutating func ask<Fact>(_ condition: SelectorVerdict.Condition, _ fact: Fact) throws(FactError) -> Fact
        {
            asked.append(condition)
            if let fault = faults[condition] { throw fault }
            return fact
        }

        mutating func name() throws(FactError) -> [UInt8] { try ask(.name, Array("python3".utf8)) }
        mutating func userID() throws(FactError) -> UInt32 { try ask(.user, 50_000) }
        mutating func commandLine() throws(FactError) -> [UInt8] {
            try ask(.commandLine, Array("python3 -m airflow tasks run".utf8))
        }
        mutating func executable() throws(FactError) -> [UInt8] {
            try ask(.executable, Array("/usr/bin/python3.12".utf8))
        }
    }

    private static func selector(
        name: String? = nil, commandLine: String? = nil, executable: String? = nil, userID: UInt32? = nil
    ) throws -> ProcessSelector {
        ProcessSelector(
            name: try name.map { try Pattern($0) }, commandLine: try commandLine.map { try Pattern($0) },
            executable: try executable.map { try Pattern($0) }, userID: userID)
    }

    @Test func matchesWhenEveryConditionHolds() throws {
        var facts = Facts()
        let selector = try Self.selector(
            name: "^python", commandLine: "tasks run$", executable: "/python3[.0-9]*$", userID: 50_000)
        #expect(selector.verdict(on: &facts) == .match)
        #expect(facts.asked == [.name, .user, .commandLine, .executable])
    }

    @Test(
        arguments: [
            ("x", "x", "x", 1, .name, [.name]), ("py", "x", "x", 1, .user, [.name, .user]),
            ("py", "x", "x", 50_000, .commandLine, [.name, .user, .commandLine]),
            ("py", "run", "x", 50_000, .executable, [.name, .user, .commandLine, .executable]),
        ] as [(String, String, String, UInt32, SelectorVerdict.Condition, [SelectorVerdict.Condition])])
    func stopsAtTheFirstConditionThatDoesNotHold(
        name: String, commandLine: String, executable: String, userID: UInt32, condition: SelectorVerdict.Condition,
        asked: [SelectorVerdict.Condition]
    ) throws {
        var facts = Facts()
        let selector = try Self.selector(name: name, commandLine: commandLine, executable: executable, userID: userID)
        #expect(selector.verdict(on: &facts) == .mismatch(condition))
        #expect(facts.asked == asked)
    }

    @Test(arguments: [SelectorVerdict.Condition.name, .user, .commandLine, .executable])
    func tellsWhichConditionCouldNotBeTried(condition: SelectorVerdict.Condition) throws {
        let selector = try Self.selector(name: "py", commandLine: "run", executable: "py", userID: 50_000)
        var forbidden = Facts(faults: [condition: .notPermitted])
        #expect(selector.verdict(on: &forbidden) == .notPermitted(condition))
        var gone = Facts(faults: [condition: .gone])
        #expect(selector.verdict(on: &gone) == .gone)
    }

    @Test func asksForNothingThatNoConditionNeeds() throws {
        var facts = Facts(faults: [.executable: .notPermitted, .commandLine: .notPermitted])
        #expect(try Self.selector(userID: 50_000).verdict(on: &facts) == .match)
        #expect(facts.asked == [.user])
    }
}
