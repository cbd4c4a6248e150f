/// Patterns that take in more, to find out what keeps a process from matching.
extension Pattern {
    /// The expression with letters of ASCII in either case; `nil` where it is so already.
    package var ignoringCase: Pattern? {
        ignoresCase ? nil : try? Pattern(text, ignoresCase: true)
    }

    /// The expression without its anchors: whatever may stand where `^` or `$` was. `nil` where it has none.
    package var unanchored: Pattern? {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var hasAnchor = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                let end = min(index + 2, bytes.count)
                result += bytes[index..<end]
                index = end
            case UInt8(ascii: "["):
                let end = Self.endOfBracket(in: bytes, from: index)
                result += bytes[index..<end]
                index = end
            case UInt8(ascii: "^"), UInt8(ascii: "$"):
                // Not simply left out: that would leave an empty alternative in (^|/)x.
                result += Array(".*".utf8)
                hasAnchor = true
                index += 1
            default:
                result.append(bytes[index])
                index += 1
            }
        }
        return hasAnchor ? try? Pattern(String(decoding: result, as: UTF8.self), ignoresCase: ignoresCase) : nil
    }

    /// Whether the expression, its backslashes aside, holds these bytes as they are.
    package func spells(_ bytes: [UInt8]) -> Bool {
        let literal = text.utf8.filter { $0 != UInt8(ascii: "\\") }
        guard !bytes.isEmpty, bytes.count <= literal.count else { return false }
        return (0...(literal.count - bytes.count)).contains { literal[$0..<($0 + bytes.count)].elementsEqual(bytes) }
    }

    /// The index behind the bracket expression that begins at `start`. A `]` right behind `[` or `[^` is a member.
    private static func endOfBracket(in bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
            let isClass =
                bytes[index] == UInt8(ascii: "[") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: ":")
            // The `]` of [:alpha:] ends the class only.
            if isClass, let end = bytes[index...].firstIndex(of: UInt8(ascii: "]")) { index = end }
            index += 1
        }
        return min(index + 1, bytes.count)
    }
}
