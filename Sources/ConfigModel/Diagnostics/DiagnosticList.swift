/// Gathers the faults of one document while it is read, and what of the document they must not show.
package final class DiagnosticList {
    /// Beyond this many, faults are only counted: a hostile document must not fill the memory with words.
    private static let kept = 500

    private var gathered: [Diagnostic] = []
    private var further = 0
    /// Whether the document cannot be used.
    package private(set) var hasErrors = false
    /// The places of values that diagnostics must not show.
    package private(set) var secrets: [SourceSpan] = []

    package init() {}

    package func report(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        if gathered.count < Self.kept { gathered.append(diagnostic) } else { further += 1 }
    }

    func report(_ code: Diagnostic.Code, at span: SourceSpan, path: ConfigPath = .root, _ reason: String) {
        report(Diagnostic(code, at: span, path: path, reason))
    }

    /// Keeps the characters of `span` out of every source line that is quoted.
    func hide(_ span: SourceSpan) { secrets.append(span) }

    /// Keeps every scalar of `node` out of the source lines that are quoted.
    func hide(_ node: YAMLNode) {
        switch node {
        case .scalar(let scalar): hide(scalar.span)
        case .sequence(let items, _): items.forEach(hide)
        case .mapping(let entries, _): entries.forEach { hide($0.value) }
        }
    }

    /// All that was gathered, by place; the order of reporting decides between two at one place.
    package func sorted() -> [Diagnostic] {
        gathered.enumerated().sorted { left, right in
            (left.element.span.start, left.offset) < (right.element.span.start, right.offset)
        }.map(\.element)
    }

    /// How many faults there were beyond those that ``sorted()`` holds.
    package var furtherCount: Int { further }
}
