import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

struct JudgementTests {
    private static let pod = """
        processes: [{name: main, runsFor: 10s, exitCode: 2}]
        files: [{path: /b, fails: no space}]
        endpoints: [{url: 'http://127.0.0.1/quit', answers: [503, 200]}]
        """
    private static let actions = "[{touch: /a}, {touch: /b}, {http: {url: 'http://127.0.0.1/quit'}}]"

    /// What is said of the only expectation; `nil` where it holds.
    private static func found(_ expectation: String, rule: String = "actions: \(actions)") throws -> String? {
        let text = "\(pod)\nexpect: {\(expectation)}"
        let result = try simulate(try plan(rule: rule), text)
        let judgements = result.judge(try scenario(text).expectations)
        #expect(judgements.count == 1)
        return judgements.first?.found
    }

    @Test(arguments: [
        "exitCode: 1", "finishesBy: 11s", "finished: true", "touched: [/a]",
        "requests: [{url: 'http://127.0.0.1/quit', count: 2}]",
        "requests: [{url: 'http://127.0.0.1:80/quit', method: POST, count: 2}]",
        "requests: [{url: 'http://127.0.0.1/quit', method: GET, count: 0}]", "programs: [{command: x, count: 0}]",
        "signals: [{process: main, count: 0}]", "never: [{event: rule.fired, outcome: succeeded}]",
        "never: [{event: rule.fired, after: 10001ms}]", "events: [{event: rule.fired, at: 10s}]",
        "events: [{event: rule.fired, after: 10s, before: 10s}]",
        "events: [{event: target.exited, rule: r, target: 0, name: main, exitCode: 2}]",
        "events: [{event: action.retried, action: 2/http, attempt: 1, status: 503}]",
        "events: [{event: rule.finished, outcome: failed, exitCode: 1}]",
    ])
    func whatIsSoHolds(expectation: String) throws {
        #expect(try Self.found(expectation) == nil)
    }

    @Test(arguments: [
        ("exitCode: 0", "it exits with 1 (r, failed: 1/touch failed: cannot touch /b: no space)"),
        ("finishesBy: 10s", "it exits at 10.544s"), ("finished: false", "every rule is finished"),
        ("touched: []", "touched were /a"), ("touched: [/a, /b]", "touched were /a"),
        ("requests: [{url: 'http://127.0.0.1/quit'}]", "it was called 2 times"),
        ("programs: [{command: x, count: 3}]", "it was run 0 times"),
        ("signals: [{process: main}]", "it was signalled 0 times"),
        ("never: [{event: rule.fired}]", "there is rule.fired rule=r outcome=failed at 10s"),
        ("events: [{event: rule.fired, at: 9s}]", "there is rule.fired rule=r outcome=failed at 10s"),
        ("events: [{event: rule.fired, outcome: unknown}]", "there is rule.fired rule=r outcome=failed at 10s"),
        ("events: [{event: rule.grace}]", "there is no rule.grace"),
        (
            "events: [{event: action.succeeded, action: 1/touch}]",
            "there is action.succeeded rule=r action=0/touch attempt=1 duration=0ms at 10s"
        ),
    ])
    func whatIsNotSoIsContradicted(expectation: String, found: String) throws {
        #expect(try Self.found(expectation) == found)
    }

    @Test(arguments: ["exitCode: 0", "finishesBy: 1h", "finished: true"])
    func knellThatStaysContradictsItsEnd(expectation: String) throws {
        let text = "processes: [{name: main}]\nexpect: {\(expectation)}"
        let result = try simulate(try plan(), text)
        #expect(
            result.judge(try scenario(text).expectations).first?.found
                == "Knell is still running when the simulation ends, at 0s: r watches target 0 (name: ^main$), which lives: "
                + "main (pid 100)")
    }

    @Test func eventsAreExpectedOneBehindTheOther() throws {
        func judge(_ events: String) throws -> [String?] {
            let text = "\(Self.pod)\nexpect: {events: [\(events)]}"
            return try simulate(try plan(), text).judge(try scenario(text).expectations).map(\.found)
        }
        #expect(try judge("{event: target.found}, {event: target.exited}, {event: run.finished}") == [nil, nil, nil])
        #expect(
            try judge("{event: target.exited}, {event: target.found}, {event: run.finished}") == [
                nil,
                "it comes before what is expected ahead of it: target.found rule=r target=0 pid=100 name=main at 0s",
                nil,
            ])
        #expect(
            try judge("{event: rule.fired}, {event: rule.fired}") == [
                nil, "it comes before what is expected ahead of it: rule.fired rule=r outcome=failed at 10s",
            ])
        #expect(
            try judge("{event: rule.fired}, {event: action.failed}") == [
                nil, "there is no action.failed behind rule.fired rule=r outcome=failed at 10s",
            ])
    }

    @Test func aFinalRuleLeavesOthersUnfinished() throws {
        let plan = try Plan.parsing(
            """
            version: 1
            rules:
              - {name: a, watch: {processes: [{name: ^main$}]}, final: true}
              - {name: b, watch: {processes: [{name: ^other$}]}}
            """)
        let text = "processes: [{name: main, runsFor: 1s}, {name: other}]\nexpect: {finished: true}"
        let result = try simulate(plan, text)
        #expect(result.judge(try scenario(text).expectations).first?.found == "not finished: b (watching)")
    }
}
