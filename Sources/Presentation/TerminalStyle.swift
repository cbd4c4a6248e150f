/// How text is set off on a terminal: SGR sequences of ECMA-48, or nothing where they would only be noise.
package struct TerminalStyle: Hashable, Sendable {
    /// Whether sequences are written at all.
    package let isColoured: Bool

    package init(isColoured: Bool) { self.isColoured = isColoured }

    /// Text as it is.
    package static let plain = TerminalStyle(isColoured: false)

    package func bold(_ text: String) -> String { wrap(text, "1") }
    /// For what matters less, such as defaults.
    package func dim(_ text: String) -> String { wrap(text, "2") }
    /// For errors.
    package func red(_ text: String) -> String { wrap(text, "1;31") }
    /// For what is well.
    package func green(_ text: String) -> String { wrap(text, "32") }
    /// For warnings.
    package func yellow(_ text: String) -> String { wrap(text, "33") }
    /// For names.
    package func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
