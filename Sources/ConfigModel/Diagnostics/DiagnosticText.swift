package import Presentation

/// Renders diagnostics as a compiler does: place, reason, the source line and a caret below the fault.
package struct DiagnosticText {
    /// At most this many are shown; a number says how many more there are.
    package static let shown = 20
    /// A longer source line is cut around the fault.
    private static let lineWidth = 120

    private let fileName: String
    private let source: SourceText
    private let secrets: [SourceSpan]
    private let style: TerminalStyle

    /// Renders faults of `source`; the characters of `secrets`, such as header values, are never shown.
    package init(fileName: String, source: SourceText, secrets: [SourceSpan] = [], style: TerminalStyle = .plain) {
        self.fileName = fileName
        self.source = source
        self.secrets = secrets
        self.style = style
    }

    /// The whole text, a line end behind each line; empty where there is nothing to say.
    package func render(_ diagnostics: [Diagnostic], furtherCount: Int = 0) -> String {
        var text = ""
        for diagnostic in diagnostics.prefix(Self.shown) {
            let tint = tint(diagnostic.severity)
            text += style.bold("\(fileName):\(diagnostic.span.start):") + " " + tint("\(diagnostic.severity.rawValue):")
            text += " \(Self.string(Array(diagnostic.statement.unicodeScalars)[...], keepingTabs: false))\n"
            text += excerpt(diagnostic.span, tint)
        }
        let hidden = diagnostics.count - min(diagnostics.count, Self.shown) + furtherCount
        if hidden > 0 {
            text += "\(fileName): \(hidden) more \(hidden == 1 ? "diagnostic is" : "diagnostics are") not shown\n"
        }
        return text
    }

    private func tint(_ severity: Diagnostic.Severity) -> (String) -> String {
        switch severity {
        case .error: style.red
        case .warning: style.yellow
        }
    }

    private func excerpt(_ span: SourceSpan, _ tint: (String) -> String) -> String {
        guard let bytes = source.line(span.start.line), !bytes.isEmpty else { return "" }
        var characters = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        hideSecrets(in: &characters, line: span.start.line)
        let first = min(span.start.column - 1, characters.count)
        let last = span.end.line == span.start.line ? span.end.column - 1 : characters.count
        var width = max(1, min(last, characters.count) - first)
        // Keep the fault in view: a third of the width stands before it.
        let cut = characters.count > Self.lineWidth ? max(0, first - Self.lineWidth / 3) : 0
        let visible = characters[cut..<min(characters.count, cut + Self.lineWidth)]
        width = min(width, max(1, visible.endIndex - first))
        let lead = (cut > 0 ? "…" : "")
        let tail = visible.endIndex < characters.count ? "…" : ""
        let number = String(span.start.line)
        let gutter = String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number
        let blank = String(repeating: " ", count: gutter.utf8.count)
        let padding = characters[cut..<first].map { $0 == "\t" ? "\t" : String(repeating: " ", count: $0.displayWidth) }
            .joined()
        let marked = characters[min(first, characters.count)..<min(first + width, characters.count)]
        let caretWidth = max(1, marked.reduce(0) { $0 + $1.displayWidth })
        return "\(gutter) | \(lead)\(Self.string(visible, keepingTabs: true))\(tail)\n"
            + "\(blank) | \(lead.isEmpty ? "" : " ")\(padding)\(tint("^" + String(repeating: "~", count: caretWidth - 1)))\n"
    }

    private func hideSecrets(in characters: inout [Unicode.Scalar], line: Int) {
        for secret in secrets where secret.start.line <= line && line <= secret.end.line {
            let from = secret.start.line == line ? secret.start.column - 1 : 0
            let to = secret.end.line == line ? secret.end.column - 1 : characters.count
            for index in min(from, characters.count)..<max(min(from, characters.count), min(to, characters.count)) {
                characters[index] = "*"
            }
        }
    }

    /// The characters as text that can neither steer a terminal nor turn the direction of writing.
    private static func string(_ characters: ArraySlice<Unicode.Scalar>, keepingTabs: Bool) -> String {
        var text = String.UnicodeScalarView()
        text.append(
            contentsOf: characters.map { character in
                let isHarmless = !character.steersOutput || keepingTabs && character == "\t"
                return isHarmless ? character : "\u{FFFD}"
            })
        return String(text)
    }
}
