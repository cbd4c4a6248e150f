import ConfigModel
import Simulation
import SupervisorCore

/// The whole way of a scenario, for bytes of any kind, with a configuration that uses all that a scenario can hold.
struct ScenarioCheck {
    private static let configuration = """
        version: 1
        terminationTimeout: 5s
        rules:
          - name: main
            watch:
              startTimeout: 1m
              processes: [{name: ^main$}, {commandLine: tasks run, user: 50000}]
            gracePeriod: 2s
            actions:
              - {http: {url: 'http://127.0.0.1:15020/quitquitquit'}, retry: {attempts: 3}, timeout: 1s}
              - {signal: {process: {name: envoy}}, thenGone: {within: 3s}}
              - {touch: /shared/done}
              - {exec: {command: [/bin/true]}}
              - {shutdown: istio}
            exitCode: fromTarget
          - name: any
            watch: {until: anyEnded, processes: [{name: main}, {name: envoy}]}
            repeat: true
            actions: [{touch: /shared/again}]
        """
    private static let plan = ConfigurationReading(Array(configuration.utf8), environment: .empty).plan

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func run() throws(BrokenPromise) {
        guard let plan = Self.plan else { preconditionFailure("the configuration of the check is invalid") }
        let names = LogRecord.Name.allCases.map(\.rawValue)
        var reading = ScenarioReading(bytes, eventNames: names)
        let again = ScenarioReading(bytes, eventNames: names)
        try BrokenPromise.unless(reading.diagnostics == again.diagnostics, "the same bytes have the same faults")
        reading.check(against: [plan])
        try DiagnosticCheck(bytes).run(reading.diagnostics)
        let text = reading.render(fileName: "f")
        try PrintedText.check(text, "the diagnostics")
        try SecretTexts(in: bytes, as: .scenario).check(text, "the diagnostics")
        guard let scenario = reading.scenario else { return }
        let others = Dictionary(uniqueKeysWithValues: reading.configurations.map { ($0, plan) })
        try SimulationCheck(plan: plan, scenario: scenario, configurations: others).run()
    }
}
