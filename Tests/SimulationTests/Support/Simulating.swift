import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

/// A scenario of this text, below its version.
func scenario(_ text: String) throws -> Scenario {
    let reading = ScenarioReading(
        Array("version: 1\n\(text)\n".utf8), eventNames: LogRecord.Name.allCases.map(\.rawValue))
    return try #require(reading.scenario, "\(reading.render(fileName: "scenario.yaml"))")
}

/// A plan of one rule `r` that watches `^main$`; further keys of `watch` and of the rule are in flow style.
func plan(watch: String = "", rule: String = "", processes: String = "{name: ^main$}") throws -> Plan {
    let watch = "{processes: [\(processes)]\(watch.isEmpty ? "" : ", " + watch)}"
    return try Plan.parsing(
        "version: 1\nrules: [{name: r, watch: \(watch)\(rule.isEmpty ? "" : ", " + rule)}]\n")
}

func simulate(
    _ plan: Plan, _ text: String, configurations: [String: Plan] = [:], limits: Simulation.Limits = .init()
) throws -> SimulationResult {
    Simulation.run(plan, in: try scenario(text), configurations: configurations, limits: limits)
}

extension SimulationResult {
    /// The timeline as text, one event each, such as `rule.fired rule=r outcome=failed at 30s`.
    var lines: [String] { timeline.map(\.phrase) }

    /// The times of the events of this name, in milliseconds.
    func times(of name: LogRecord.Name) -> [Int64] {
        timeline.filter { $0.record.name == name }.map(\.at.wholeMilliseconds)
    }

    /// The first event of this name.
    func first(_ name: LogRecord.Name) -> LogRecord? { timeline.first { $0.record.name == name }?.record }
}
