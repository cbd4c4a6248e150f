/// A place in the source, both numbers counted from 1; columns count Unicode scalars.
package struct SourceMark: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package var description: String { "\(line):\(column)" }

    package static func < (left: SourceMark, right: SourceMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// Where a document begins.
    package static let start = SourceMark(line: 1, column: 1)
}

/// A stretch of the source: from its first character to just behind its last.
package struct SourceSpan: Hashable, Sendable {
    package let start: SourceMark
    package let end: SourceMark

    package init(start: SourceMark, end: SourceMark) {
        self.start = start
        self.end = end
    }

    /// One character at `mark`.
    package init(at mark: SourceMark) {
        self.init(start: mark, end: SourceMark(line: mark.line, column: mark.column + 1))
    }

    /// A part of a one-line stretch, counted in characters from its start.
    func part(from offset: Int, count: Int) -> SourceSpan {
        let column = start.column + offset
        return SourceSpan(
            start: SourceMark(line: start.line, column: column),
            end: SourceMark(line: start.line, column: column + count))
    }
}

/// A value and the text that it was read from.
package struct Located<Value> {
    package let value: Value
    package let span: SourceSpan
    package let path: ConfigPath

    init(_ value: Value, span: SourceSpan, path: ConfigPath) {
        self.value = value
        self.span = span
        self.path = path
    }

    /// Another value from the same place.
    func map<Other>(_ transform: (Value) -> Other) -> Located<Other> {
        Located<Other>(transform(value), span: span, path: path)
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}
