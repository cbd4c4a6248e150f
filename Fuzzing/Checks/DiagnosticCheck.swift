import ConfigModel

/// What holds for the diagnostics of every document.
struct DiagnosticCheck {
    private let source: SourceText

    init(_ bytes: [UInt8]) { source = SourceText(bytes) }

    /// They are in order, and each is placed within the document, the place behind its last character included.
    func run(_ diagnostics: [Diagnostic]) throws(BrokenPromise) {
        for (left, right) in zip(diagnostics, diagnostics.dropFirst()) {
            try BrokenPromise.unless(
                left.span.start <= right.span.start, "diagnostics stand in order", "\(left), \(right)")
        }
        for diagnostic in diagnostics {
            let mark = diagnostic.span.start
            guard let line = source.line(mark.line), mark.line >= 1 else {
                throw BrokenPromise("a diagnostic stands within the document: \(diagnostic)")
            }
            let columns = String(decoding: line, as: UTF8.self).unicodeScalars.count + 1
            try BrokenPromise.unless(
                (1...columns).contains(mark.column) && diagnostic.span.start <= diagnostic.span.end,
                "a diagnostic stands within its line", "\(diagnostic), \(columns) columns")
            try BrokenPromise.unless(!diagnostic.reason.isEmpty, "a diagnostic says what is wrong", "\(diagnostic)")
        }
    }
}
