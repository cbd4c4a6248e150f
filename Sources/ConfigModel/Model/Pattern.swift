/// A POSIX extended regular expression, compiled; unanchored, as pgrep has it.
///
/// It works on bytes, in the C locale: a character outside ASCII is matched by its UTF-8 bytes.
package struct Pattern: Sendable {
    /// The expression as written.
    package let text: String
    /// Letters of ASCII match in either case.
    package let ignoresCase: Bool
    private let program: PatternProgram
    /// How many instructions it has been compiled to.
    package var programSize: Int { program.size }

    /// Checks and compiles `text`.
    ///
    /// - Throws: ``PatternFault``, also for what would be too large.
    package init(_ text: String, ignoresCase: Bool = false) throws(PatternFault) {
        program = PatternProgram(try PatternSyntax(parsing: text, ignoresCase: ignoresCase).root)
        self.text = text
        self.ignoresCase = ignoresCase
    }

    /// Whether some part of `bytes` is what the expression describes.
    package func matches(_ bytes: [UInt8]) -> Bool {
        program.matches(bytes)
    }
}

extension Pattern: Hashable {
    package static func == (left: Pattern, right: Pattern) -> Bool {
        left.text == right.text && left.ignoresCase == right.ignoresCase
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(ignoresCase)
    }
}
