internal import ConfigModel

/// Writes values so that YAML reads them back as they are.
package enum YAMLText {
    /// A text as a scalar: plain where that is safe, else in single quotes, in which only the quote itself is doubled.
    package static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        // By scalars: a combining mark behind a quote makes another character of it, but no other quote.
        let parts = text.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.map { String($0) }.joined(separator: "''") + "'"
    }

    /// Whether every character of the text may stand in a YAML file.
    package static func isWritable(_ text: String) -> Bool {
        // Within quotes, for a byte order mark may stand at the front of a file.
        SourceText(Array("'\(text)'".utf8)).firstBadCharacter() == nil
    }

    /// Whether a text may stand without quotes, in flow style and in YAML 1.1 too.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, last != UInt8(ascii: " "),
            last != UInt8(ascii: ":"),
            case .string = YAMLScalar(plain: text, line: 1, column: 1).kind
        else { return false }
        let words = ["yes", "no", "on", "off", "y", "n"]
        if isDigit(first) { return isLetter(last) && text.utf8.allSatisfy { isDigit($0) || isLetter($0) } }
        return (isLetter(first) || "^/.$".utf8.contains(first)) && !words.contains(text.lowercased())
            && !text.contains(": ")
            && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "^$./_-+()\\ :".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
