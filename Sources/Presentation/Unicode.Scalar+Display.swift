extension Unicode.Scalar {
    /// The cells that the character takes on a terminal: 2 for East Asian wide ones and emoji, 0 for combining marks.
    ///
    /// After UAX #11, in blocks rather than character by character: enough for a caret to stand where it should.
    package var displayWidth: Int {
        if isASCII { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        case .format where !steersOutput: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// Whether printing the character does more than showing it: controls, line separators, changes of writing direction.
    package var steersOutput: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        }
    }
}

extension String {
    /// The cells that the text takes on a terminal.
    package var displayWidth: Int { unicodeScalars.reduce(0) { $0 + $1.displayWidth } }

    /// The text with every character that would steer a terminal replaced by U+FFFD.
    package var printable: String {
        guard unicodeScalars.contains(where: \.steersOutput) else { return self }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: unicodeScalars.map { $0.steersOutput ? "\u{FFFD}" : $0 })
        return String(result)
    }
}
