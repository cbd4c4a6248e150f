package import Presentation

/// What came of reading one configuration: the plan, or the reasons why there is none.
package struct ConfigurationReading: Sendable {
    /// The plan; `nil` when any diagnostic is an error.
    package let plan: Plan?
    /// The configuration as written; `nil` when any diagnostic is an error.
    package let configuration: Configuration?
    private let document: DocumentReading

    /// Reads a configuration from bytes: YAML, then types, then references.
    ///
    /// Every fault is gathered; each step works on what the one before could make of the file.
    package init(_ bytes: [UInt8], environment: ConfigurationEnvironment, limits: YAMLLimits = .standard) {
        var configuration: Configuration?
        var plan: Plan?
        document = DocumentReading(bytes, as: .configuration, limits: limits) { root, context in
            configuration = ConfigurationDecoder(context: context).decode(root)
            plan = configuration.map { Validator(context: context, environment: environment).plan(for: $0) }
        }
        self.plan = document.hasErrors ? nil : plan
        self.configuration = document.hasErrors ? nil : configuration
    }

    /// By place.
    package var diagnostics: [Diagnostic] { document.diagnostics }

    /// The diagnostics without the lines of the source, one below the other, as many as are usually shown.
    package func summary(fileName: String) -> String { document.summary(fileName: fileName) }

    /// The diagnostics as text, `fileName` before each.
    package func render(fileName: String, style: TerminalStyle = .plain) -> String {
        document.render(fileName: fileName, style: style)
    }
}
