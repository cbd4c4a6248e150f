package import Presentation

/// What came of reading one scenario: the scenario, or the reasons why there is none.
package struct ScenarioReading: Sendable {
    private let draft: ScenarioDraft?
    private var document: DocumentReading

    /// Reads a scenario from bytes.
    ///
    /// Every fault is gathered. `eventNames` are those that an expectation may speak of.
    package init(_ bytes: [UInt8], eventNames: [String]) {
        var draft: ScenarioDraft?
        document = DocumentReading(bytes, as: .scenario) { root, context in
            draft = ScenarioDecoder(context: context, eventNames: eventNames).decode(root)
        }
        self.draft = draft
    }

    /// The scenario; `nil` when any diagnostic is an error.
    package var scenario: Scenario? { document.hasErrors ? nil : draft?.scenario }

    /// By place.
    package var diagnostics: [Diagnostic] { document.diagnostics }

    /// What configurations see of the world in this scenario; as far as it can be read, where the scenario is faulty.
    package var environment: ConfigurationEnvironment {
        let variables = draft?.variables ?? [:]
        let users = draft?.users ?? ["root": 0]
        var environment = ConfigurationEnvironment(variable: { variables[$0] }, userID: { users[$0] })
        environment.variablesPlace = "among the scenario's variables"
        environment.usersPlace = "among the scenario's users"
        return environment
    }

    /// The configurations that take the first one's place in its course, even where the scenario is faulty.
    package var configurations: [String] { draft?.scenario.configurations.map(\.value) ?? [] }

    /// Adds the faults that only the plans show: expectations of rules, targets and actions that none of them has.
    package mutating func check(against plans: [Plan]) {
        guard let draft else { return }
        let list = DiagnosticList()
        PlanCheck(rules: plans.flatMap(\.rules), diagnostics: list).check(draft.eventExpectations)
        document.add(list)
    }

    /// The diagnostics as text, `fileName` before each.
    package func render(fileName: String, style: TerminalStyle = .plain) -> String {
        document.render(fileName: fileName, style: style)
    }

    /// Expectations that do not hold, each at its place with what happened instead.
    package func render(
        _ unmet: [(expectation: Located<Expectation>, reason: String)], fileName: String,
        style: TerminalStyle = .plain
    ) -> String {
        let diagnostics = unmet.map {
            Diagnostic(.unmetExpectation, at: $0.expectation.span, path: $0.expectation.path, $0.reason)
        }
        return document.render(diagnostics, fileName: fileName, style: style)
    }
}

/// A scenario while it is being read, with what is of use even where it is faulty.
struct ScenarioDraft: Sendable {
    let scenario: Scenario
    let variables: [String: String]
    let users: [String: UInt32]
    let eventExpectations: [EventExpectation]
}

/// An expected event with the places of the names in it.
struct EventExpectation: Sendable {
    let rule: Located<String>?
    let target: Located<Int>?
    let action: Located<String>?
}
