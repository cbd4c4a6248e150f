/// What the reading of one document shares: where faults go, what must not be shown, and what patterns may still cost.
final class DecodingContext {
    /// Instructions of all patterns together.
    private static let expandedBudget = 65_536
    /// Copies that all intervals together may stand for.
    private static let intervalBudget = 8_192

    let format: DocumentFormat
    let diagnostics: DiagnosticList
    private var expandedSize = 0
    private var intervalSize = 0

    init(format: DocumentFormat, diagnostics: DiagnosticList) {
        self.format = format
        self.diagnostics = diagnostics
    }

    func report(_ code: Diagnostic.Code, at span: SourceSpan, _ path: ConfigPath, _ reason: String) {
        diagnostics.report(Diagnostic(code, at: span, path: path, reason))
    }

    /// Takes a pattern's cost from the budget of the document; `false` once it is used up.
    func afford(_ syntax: PatternSyntax) -> Bool {
        expandedSize += syntax.expandedSize
        intervalSize += syntax.intervalSize
        return expandedSize <= Self.expandedBudget && intervalSize <= Self.intervalBudget
    }
}
