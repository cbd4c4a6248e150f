internal import Presentation

/// What the reading of a document of any kind leaves behind besides its value: the faults, and the text to quote.
struct DocumentReading: Sendable {
    /// By place.
    private(set) var diagnostics: [Diagnostic]
    /// Whether the document cannot be used.
    private(set) var hasErrors: Bool
    private let furtherCount: Int
    private let source: SourceText
    private let secrets: [SourceSpan]

    /// Parses `bytes` and hands the tree to `decode`, where there is one; faults of both are gathered.
    init(
        _ bytes: [UInt8], as format: DocumentFormat, limits: YAMLLimits = .standard,
        decode: (YAMLNode, DecodingContext) -> Void
    ) {
        source = SourceText(bytes)
        let list = DiagnosticList()
        let root = YAMLParser.parse(source, as: format, limits: limits, into: list)
        if let root { decode(root, DecodingContext(format: format, diagnostics: list)) }
        diagnostics = list.sorted()
        hasErrors = list.hasErrors
        furtherCount = list.furtherCount
        secrets = root == nil ? list.secrets + source.likelySecrets(under: format.secretNames) : list.secrets
    }

    /// Adds faults that only a look at other documents could show.
    mutating func add(_ list: DiagnosticList) {
        let merged = DiagnosticList()
        for diagnostic in diagnostics + list.sorted() { merged.report(diagnostic) }
        diagnostics = merged.sorted()
        hasErrors = hasErrors || list.hasErrors
    }

    /// The diagnostics without the lines of the source, one below the other, as many as are usually shown.
    func summary(fileName: String) -> String {
        let hidden = max(0, diagnostics.count - DiagnosticText.shown) + furtherCount
        let lines = diagnostics.prefix(DiagnosticText.shown).map { "\(fileName):\($0)" }
        return (lines + (hidden > 0 ? ["\(hidden) more are not shown"] : [])).joined(separator: "\n")
    }

    /// The diagnostics as text, `fileName` before each.
    func render(fileName: String, style: TerminalStyle) -> String {
        render(diagnostics, furtherCount: furtherCount, fileName: fileName, style: style)
    }

    /// Other faults of the same document as text.
    func render(
        _ diagnostics: [Diagnostic], furtherCount: Int = 0, fileName: String, style: TerminalStyle
    ) -> String {
        DiagnosticText(fileName: fileName, source: source, secrets: secrets, style: style)
            .render(diagnostics, furtherCount: furtherCount)
    }
}
