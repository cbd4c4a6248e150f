internal import ConfigModel

/// Writes values so that YAML reads them back as they are.
enum YAMLText {
    /// A text as a scalar: plain where that is safe, else in single quotes, in which only the quote itself is doubled.
    static func scalar(_ text: String) -> String {
        isPlain(text)
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// Whether a text may stand without quotes, in flow style and in YAML 1.1 too.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.last != UInt8(ascii: " "),
            case .string = YAMLScalar(plain: text, line: 1, column: 1).kind
        else { return false }
        let words = ["yes", "no", "on", "off", "y", "n"]
        let isLetter = { (byte: UInt8) in (65...90).contains(byte) || (97...122).contains(byte) }
        let isSafe = { (byte: UInt8) in isLetter(byte) || (48...57).contains(byte) || "^$./_-+()\\ ".utf8.contains(byte)
        }
        return (isLetter(first) || "^/.$".utf8.contains(first)) && text.utf8.allSatisfy(isSafe)
            && !words.contains(text.lowercased())
    }
}
