package import Presentation

/// What came of reading one configuration: the plan, or the reasons why there is none.
package struct ConfigurationReading: Sendable {
    /// The plan; `nil` when any diagnostic is an error.
    package let plan: Plan?
    /// The configuration as written; `nil` when any diagnostic is an error.
    package let configuration: Configuration?
    /// By place.
    package let diagnostics: [Diagnostic]
    private let furtherCount: Int
    private let source: SourceText
    private let secrets: [SourceSpan]

    /// Reads a configuration from bytes: YAML, then types, then references.
    ///
    /// Every fault is gathered; each step works on what the one before could make of the file.
    package init(_ bytes: [UInt8], environment: ConfigurationEnvironment, limits: YAMLLimits = .standard) {
        source = SourceText(bytes)
        let list = DiagnosticList()
        let context = DecodingContext(diagnostics: list)
        let root = YAMLParser.parse(source, limits: limits, secretKeys: Keys.secretNames, into: list)
        let configuration = root.flatMap { ConfigurationDecoder(context: context).decode($0) }
        let plan = configuration.map { Validator(context: context, environment: environment).plan(for: $0) }
        self.plan = list.hasErrors ? nil : plan
        self.configuration = list.hasErrors ? nil : configuration
        diagnostics = list.sorted()
        furtherCount = list.furtherCount
        secrets = root == nil ? list.secrets + source.likelySecrets(under: Keys.secretNames) : list.secrets
    }

    /// The diagnostics without the lines of the source, one below the other, as many as are usually shown.
    package func summary(fileName: String) -> String {
        let hidden = max(0, diagnostics.count - DiagnosticText.shown) + furtherCount
        let lines = diagnostics.prefix(DiagnosticText.shown).map { "\(fileName):\($0)" }
        return (lines + (hidden > 0 ? ["\(hidden) more are not shown"] : [])).joined(separator: "\n")
    }

    /// The diagnostics as text, `fileName` before each.
    package func render(fileName: String, style: TerminalStyle = .plain) -> String {
        DiagnosticText(fileName: fileName, source: source, secrets: secrets, style: style)
            .render(diagnostics, furtherCount: furtherCount)
    }
}
