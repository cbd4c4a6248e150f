import Authoring
import ConfigModel
import Presentation
import Simulation
import SupervisorCore

/// The whole way of a configuration, for bytes of any kind.
struct ConfigurationCheck {
    /// Variables and users that the corpus speaks of.
    static let environment = ConfigurationEnvironment(
        variable: { ["HOST": "127.0.0.1", "EMPTY": "", "TOKEN": "t0ken-of-the-environment"][$0] },
        userID: { ["root": 0, "nobody": 65_534][$0] })

    private static let scenario = ScenarioReading(
        Array(
            """
            version: 1
            processes:
              - {name: main, commandLine: python main, executable: /usr/bin/main, user: 0, startsAt: 1s, endsAt: 9s, exitCode: 3}
              - {name: envoy, endsAt: 20s}
            events:
              - {at: 30s, signal: SIGTERM}
            """.utf8), eventNames: []
    ).scenario

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func run() throws(BrokenPromise) {
        let reading = ConfigurationReading(bytes, environment: Self.environment)
        let again = ConfigurationReading(bytes, environment: Self.environment)
        try BrokenPromise.unless(reading.diagnostics == again.diagnostics, "the same bytes have the same faults")
        try BrokenPromise.unless(reading.plan == again.plan, "the same bytes have the same plan")
        try DiagnosticCheck(bytes).run(reading.diagnostics)
        let hasErrors = reading.diagnostics.contains { $0.severity == .error }
        try BrokenPromise.unless((reading.plan == nil) == hasErrors, "there is a plan, or an error says why not")

        let secrets = SecretTexts(in: bytes, as: .configuration)
        let text = reading.render(fileName: "f")
        try PrintedText.check(text, "the diagnostics")
        try secrets.check(text, "the diagnostics")
        try secrets.check(reading.summary(fileName: "f"), "the summary")
        guard let plan = reading.plan, let configuration = reading.configuration else { return }
        try explain(plan, configuration, secrets)
        try simulate(plan)
    }

    private func explain(
        _ plan: Plan, _ configuration: Configuration, _ secrets: SecretTexts
    ) throws(BrokenPromise) {
        let explanation = Explanation(plan, of: configuration)
        let text = explanation.text(fileName: "f")
        try PrintedText.check(text, "the explanation")
        try PrintedText.check(explanation.json, "the explanation as JSON")
        try PrintedText.check(explanation.mermaid, "the diagram")
        for output in [text, explanation.json.compact, explanation.mermaid] {
            try secrets.check(output, "the explanation")
            try BrokenPromise.unless(!output.contains("t0ken-of"), "no variable's value is explained", output)
        }
    }

    private func simulate(_ plan: Plan) throws(BrokenPromise) {
        guard let scenario = Self.scenario else { preconditionFailure("the scenario of the check is invalid") }
        try SimulationCheck(plan: plan, scenario: scenario, configurations: [:]).run()
    }
}
