/// Parses a POSIX extended regular expression, and names what other dialects have and POSIX lacks.
struct PatternParser {
    private let bytes: [UInt8]
    private let ignoresCase: Bool
    private var index = 0
    private var openGroups = 0

    init(_ bytes: [UInt8], ignoresCase: Bool = false) {
        self.bytes = bytes
        self.ignoresCase = ignoresCase
    }

    mutating func parse() throws(PatternFault) -> PatternSyntax.Node {
        let node = try alternation()
        if index < bytes.count { throw unopenedGroup() }
        return node
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func peek(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            unsafe index + wanted.count <= bytes.count && bytes[index..<(index + wanted.count)].elementsEqual(wanted)
        }
    }

    private func syntax(_ reason: String, at offset: Int? = nil) -> PatternFault {
        PatternFault(offset: offset ?? index, reason: reason, kind: .syntax)
    }

    private func unsupported(_ reason: String, at offset: Int? = nil) -> PatternFault {
        PatternFault(offset: offset ?? index, reason: reason, kind: .unsupported)
    }

    private func unopenedGroup() -> PatternFault { syntax("\")\" closes no group; write \\) for the character") }

    private mutating func alternation() throws(PatternFault) -> PatternSyntax.Node {
        var branches = [try branch()]
        while next == UInt8(ascii: "|") {
            index += 1
            branches.append(try branch())
        }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func branch() throws(PatternFault) -> PatternSyntax.Node {
        let start = index
        var parts: [PatternSyntax.Node] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let atom = try atom(byte)
            if byte >= 0x80, let sign = next, "*+?{".utf8.contains(sign) {
                throw unsupported(
                    "a repetition behind a character outside ASCII takes its last byte only; put it into parentheses")
            }
            parts.append(try repetition(of: atom))
        }
        if parts.isEmpty {
            if openGroups == 0, next == UInt8(ascii: ")") { throw unopenedGroup() }
            if openGroups > 0, next == nil {
                throw syntax("\"(\" is not closed; write \\( for the character", at: start - 1)
            }
            throw syntax(
                openGroups == 0
                    ? "an alternative is empty, so it would match every process"
                    : "an alternative is empty; write (…)? for a part that may be missing", at: start)
        }
        return parts.count == 1 ? parts[0] : .concatenation(parts)
    }

    private mutating func atom(_ byte: UInt8) throws(PatternFault) -> PatternSyntax.Node {
        switch byte {
        case UInt8(ascii: "^"):
            index += 1
            return .lineStart
        case UInt8(ascii: "$"):
            index += 1
            return .lineEnd
        case UInt8(ascii: "."):
            index += 1
            return .bytes(.any)
        case UInt8(ascii: "["): return .bytes(try bracket())
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "\\"): return .bytes(written(ByteSet(try escape())))
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            let character = Character(Unicode.Scalar(byte))
            throw syntax(
                "\"\(character)\" has nothing to repeat; a pattern is no glob and matches anywhere, so leave it out or "
                    + "write .\(character)")
        case UInt8(ascii: "{"): throw syntax("\"{\" has nothing to repeat; write \\{ for the character")
        default:
            index += 1
            return .bytes(written(ByteSet(byte)))
        }
    }

    private mutating func group() throws(PatternFault) -> PatternSyntax.Node {
        let start = index
        if peek("(?") {
            if peek("(?i)") { throw unsupported("POSIX has no (?i); leave it out and set ignoreCase: true") }
            if peek("(?:") { throw unsupported("POSIX has no (?:…); write (…)") }
            if peek("(?=") || peek("(?!") || peek("(?<") {
                throw unsupported("POSIX has no look-around; use a second condition, such as commandLine")
            }
            throw unsupported("POSIX has no (?…)")
        }
        index += 1
        openGroups += 1
        if openGroups > PatternSyntax.deepestGroup {
            throw PatternFault(
                offset: start, reason: "groups are nested deeper than \(PatternSyntax.deepestGroup)", kind: .tooLarge)
        }
        let node = try alternation()
        guard next == UInt8(ascii: ")") else {
            throw syntax("\"(\" is not closed; write \\( for the character", at: start)
        }
        index += 1
        openGroups -= 1
        return node
    }

    private mutating func repetition(of node: PatternSyntax.Node) throws(PatternFault) -> PatternSyntax.Node {
        let start = index
        let bounds: (Int, Int?)
        switch next {
        case UInt8(ascii: "*"):
            index += 1
            bounds = (0, nil)
        case UInt8(ascii: "+"):
            index += 1
            bounds = (1, nil)
        case UInt8(ascii: "?"):
            index += 1
            bounds = (0, 1)
        case UInt8(ascii: "{"): bounds = try interval()
        default: return node
        }
        switch next {
        case UInt8(ascii: "?"), UInt8(ascii: "+"):
            throw unsupported("POSIX has neither lazy nor possessive repetition; leave out the second sign")
        case UInt8(ascii: "*"), UInt8(ascii: "{"):
            throw unsupported("two repetitions follow each other; put the first into parentheses")
        default: break
        }
        if case .lineStart = node { throw syntax("\"^\" cannot be repeated", at: start) }
        if case .lineEnd = node { throw syntax("\"$\" cannot be repeated", at: start) }
        return .repetition(node, atLeast: bounds.0, atMost: bounds.1)
    }

    /// Reads `{m}`, `{m,}` or `{m,n}` and stops behind the closing brace.
    private mutating func interval() throws(PatternFault) -> (Int, Int?) {
        let start = index
        index += 1
        let fault = syntax("write {m}, {m,} or {m,n} with numbers up to 255, or \\{ for the character", at: start)
        guard let low = number() else { throw fault }
        var high: Int? = low
        if next == UInt8(ascii: ",") {
            index += 1
            high = next == UInt8(ascii: "}") ? nil : number()
            if high == nil, next != UInt8(ascii: "}") { throw fault }
        }
        guard next == UInt8(ascii: "}"), low <= 255, (high ?? low) <= 255 else { throw fault }
        if let high, high < low { throw syntax("the bounds of the interval are reversed", at: start) }
        index += 1
        return (low, high)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let byte = next, (48...57).contains(byte) {
            value = min((value ?? 0) * 10 + Int(byte - 48), 100_000)
            index += 1
        }
        return value
    }

    private mutating func escape() throws(PatternFault) -> UInt8 {
        guard index + 1 < bytes.count else { throw syntax("a lone backslash at the end; write \\\\ for the character") }
        let byte = bytes[index + 1]
        if let replacement = Self.replacement(of: byte) {
            throw unsupported("POSIX has no \\\(Character(Unicode.Scalar(byte))); write \(replacement)")
        }
        if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) {
            throw unsupported(
                "back-references such as \\\(Character(Unicode.Scalar(byte))) are not supported; spell out the alternatives"
            )
        }
        let isWordByte = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        if isWordByte || byte >= 0x80 || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "`")
            || byte == UInt8(ascii: "'")
        {
            throw unsupported("a backslash can only stand before a special character such as \\. or \\[")
        }
        index += 2
        return byte
    }

    /// What POSIX has instead of an escape of other dialects.
    private static func replacement(of byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "d"): "[0-9]"
        case UInt8(ascii: "D"): "[^0-9]"
        case UInt8(ascii: "w"): "[[:alnum:]_]"
        case UInt8(ascii: "W"): "[^[:alnum:]_]"
        case UInt8(ascii: "s"): "[[:space:]]"
        case UInt8(ascii: "S"): "[^[:space:]]"
        case UInt8(ascii: "b"): "(^|[^[:alnum:]_]) before or ([^[:alnum:]_]|$) behind the word"
        case UInt8(ascii: "A"): "^"
        case UInt8(ascii: "z"), UInt8(ascii: "Z"): "$"
        case UInt8(ascii: "h"): "[[:blank:]]"
        default: nil
        }
    }

    private mutating func bracket() throws(PatternFault) -> ByteSet {
        let start = index
        index += 1
        var isNegated = false
        if next == UInt8(ascii: "^") {
            isNegated = true
            index += 1
        }
        var set = ByteSet()
        var isFirst = true
        while let byte = next, byte != UInt8(ascii: "]") || isFirst {
            defer { isFirst = false }
            if peek("[:") {
                try insertClass(into: &set)
            } else if peek("[=") || peek("[.") {
                throw unsupported("collating elements such as [=a=] are not supported; write the characters")
            } else {
                // POSIX leaves open what others mean, and regcomp(3) refuses them.
                if byte == UInt8(ascii: "-"), !isFirst, !peek("-]") { throw misplacedHyphen() }
                try insertRange(from: byte, into: &set)
            }
        }
        guard next == UInt8(ascii: "]") else {
            throw syntax("\"[\" is not closed; write \\[ for the character", at: start)
        }
        index += 1
        return isNegated ? ByteSet.any.subtracting(written(set)) : written(set)
    }

    /// What these bytes of the text stand for.
    private func written(_ set: ByteSet) -> ByteSet { ignoresCase ? set.ignoringCase : set }

    private mutating func insertRange(from low: UInt8, into set: inout ByteSet) throws(PatternFault) {
        if low >= 0x80 {
            throw unsupported("brackets hold ASCII only; write other characters as alternatives, such as (ä|ö)")
        }
        if low == UInt8(ascii: "\\"), index + 1 < bytes.count, let replacement = Self.classInBracket(bytes[index + 1]) {
            throw unsupported("in brackets a backslash stands for itself; write \(replacement)")
        }
        index += 1
        guard next == UInt8(ascii: "-"), index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "]") else {
            set.insert(low)
            return
        }
        index += 1
        let high = bytes[index]
        guard high < 0x80, high != UInt8(ascii: "[") || !(peek("[:") || peek("[=") || peek("[.")) else {
            throw unsupported("a range in brackets ends with an ASCII character")
        }
        guard low <= high else { throw syntax("the range in brackets is reversed", at: index - 2) }
        for byte in low...high { set.insert(byte) }
        index += 1
    }

    private func misplacedHyphen() -> PatternFault {
        syntax("in brackets \"-\" stands between the ends of a range, or first or last for the character")
    }

    private static func classInBracket(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "d"): "[0-9]"
        case UInt8(ascii: "w"): "[[:alnum:]_]"
        case UInt8(ascii: "s"): "[[:space:]]"
        default: nil
        }
    }

    private mutating func insertClass(into set: inout ByteSet) throws(PatternFault) {
        let start = index
        index += 2
        var name = ""
        while let byte = next, (97...122).contains(byte) {
            name.unicodeScalars.append(Unicode.Scalar(byte))
            index += 1
        }
        guard peek(":]"), let members = Self.members(ofClass: name) else {
            throw syntax(
                "there is no class [:\(name):]; alpha, digit, alnum, upper, lower, space, blank, punct, print, graph, "
                    + "cntrl and xdigit are", at: start)
        }
        index += 2
        for byte in UInt8(0)..<128 where members(byte) { set.insert(byte) }
    }

    /// The ASCII members of a character class in the C locale, XBD 7.3.1.
    private static func members(ofClass name: String) -> ((UInt8) -> Bool)? {
        let isUpper = { (byte: UInt8) in (65...90).contains(byte) }
        let isLower = { (byte: UInt8) in (97...122).contains(byte) }
        let isDigit = { (byte: UInt8) in (48...57).contains(byte) }
        let isGraph = { (byte: UInt8) in (33...126).contains(byte) }
        return switch name {
        case "upper": isUpper
        case "lower": isLower
        case "alpha": { isUpper($0) || isLower($0) }
        case "digit": isDigit
        case "alnum": { isUpper($0) || isLower($0) || isDigit($0) }
        case "xdigit": { isDigit($0) || (65...70).contains($0) || (97...102).contains($0) }
        case "space": { $0 == 32 || (9...13).contains($0) }
        case "blank": { $0 == 32 || $0 == 9 }
        case "graph": isGraph
        case "print": { isGraph($0) || $0 == 32 }
        case "punct": { isGraph($0) && !(isUpper($0) || isLower($0) || isDigit($0)) }
        case "cntrl": { $0 < 32 || $0 == 127 }
        default: nil
        }
    }
}
