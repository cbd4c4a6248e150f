/// A parsed YAML value with the place that it came from; aliases and merge keys are expanded.
package indirect enum YAMLNode: Hashable, Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode], SourceSpan)
    case mapping([YAMLEntry], SourceSpan)

    package var span: SourceSpan {
        switch self {
        case .scalar(let scalar): scalar.span
        case .sequence(_, let span), .mapping(_, let span): span
        }
    }

    /// The text of a scalar; empty for collections.
    var scalarText: String {
        if case .scalar(let scalar) = self { scalar.text } else { "" }
    }

    /// What the value is, in the words of a diagnostic.
    var kindName: String {
        switch self {
        case .scalar(let scalar): scalar.kindName
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// One pair of a mapping.
package struct YAMLEntry: Hashable, Sendable {
    package let key: YAMLScalar
    package let value: YAMLNode
    /// The pair came in through `<<`; a pair written out wins over it.
    package let isMerged: Bool
}

/// A scalar as text, before anyone decides what it means.
package struct YAMLScalar: Hashable, Sendable {
    /// What a scalar is by the core schema of YAML 1.2 (section 10.3.2), where it is plain and untagged.
    package enum Kind: Hashable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        case float
        case string
    }

    package let text: String
    package let span: SourceSpan
    package let kind: Kind

    init(text: String, span: SourceSpan, kind: Kind) {
        self.text = text
        self.span = span
        self.kind = kind
    }

    /// A plain scalar without a tag, for readers that are tested apart from a file.
    package init(plain text: String, line: Int, column: Int) {
        let start = SourceMark(line: line, column: column)
        let end = SourceMark(line: line, column: column + text.unicodeScalars.count)
        self.init(text: text, span: SourceSpan(start: start, end: end), kind: Kind(plain: text))
    }

    var kindName: String {
        switch kind {
        case .null: "empty"
        case .boolean: "a boolean"
        case .integer: "a number"
        case .float: "a fractional number"
        case .string: "a string"
        }
    }
}

extension YAMLScalar.Kind {
    /// Resolves plain text by the core schema: `on`, `yes`, `no` and `0777` are not what YAML 1.1 made of them.
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        default:
            let bytes = Array(text.utf8)
            if let integer = Self.integer(bytes, text: text) {
                self = integer
            } else {
                self = Self.isFloat(bytes) ? .float : .string
            }
        }
    }

    private static func integer(_ bytes: [UInt8], text: String) -> Self? {
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        if bytes.starts(with: Array("0x".utf8)) || bytes.starts(with: Array("0o".utf8)) {
            let radix = bytes[1] == UInt8(ascii: "x") ? 16 : 8
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? 16) < radix }) else {
                return nil
            }
            return .integer(Int(digits, radix: radix) ?? .max)
        }
        let digits =
            bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        // A number that does not fit is out of every range that Knell has, so its value is of no interest.
        return .integer(Int(text) ?? (bytes.first == UInt8(ascii: "-") ? .min : .max))
    }

    private static func isFloat(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let named = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"]
        if named.contains(String(decoding: rest, as: UTF8.self)) { return true }
        var digits = 0
        var dots = 0
        while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
            rest.removeFirst()
            if byte == UInt8(ascii: ".") {
                dots += 1
            } else if (48...57).contains(byte) {
                digits += 1
            } else {
                return false
            }
        }
        guard digits > 0, dots <= 1 else { return false }
        guard !rest.isEmpty else { return true }
        rest.removeFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        return !rest.isEmpty && rest.allSatisfy { (48...57).contains($0) }
    }
}
