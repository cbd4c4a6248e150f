/// The bytes of a document and its lines, for checking characters and for quoting lines in diagnostics.
package struct SourceText: Sendable {
    package let bytes: [UInt8]

    /// A byte order mark is dropped: in UTF-8 it says nothing, and it would shift the columns of the first line.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// The first character that no YAML document may hold (YAML 1.2 section 5.1); libyaml would tell only its offset.
    package func firstBadCharacter() -> (mark: SourceMark, reason: String)? {
        var line = 1
        var column = 1
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if (0x20..<0x7F).contains(byte) || byte == 0x09 {
                index += 1
                column += 1
                continue
            }
            if let length = lineBreakLength(at: index) {
                index += length
                (line, column) = (line + 1, 1)
                continue
            }
            let mark = SourceMark(line: line, column: column)
            guard let length = Self.sequenceLength(bytes, at: index) else {
                let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
                return (
                    mark,
                    isUTF16 ? "the file is UTF-16; save it as UTF-8" : "the file is not UTF-8 here; save it as UTF-8"
                )
            }
            if byte == 0 { return (mark, "a NUL byte is not allowed in YAML; is this a text file in UTF-8?") }
            let scalar = String(decoding: bytes[index..<(index + length)], as: UTF8.self).unicodeScalars.first
            if let scalar,
                scalar.properties.generalCategory == .control || [0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
            {
                let code = String(scalar.value, radix: 16, uppercase: true)
                let name = "U+" + String(repeating: "0", count: max(0, 4 - code.utf8.count)) + code
                return (mark, "the character \(name) is not allowed in YAML; remove it")
            }
            index += length
            column += 1
        }
        return nil
    }

    /// The length of the line break at `index`, by libyaml's count of lines; `nil` where there is none.
    ///
    /// libyaml follows YAML 1.1: CR LF, LF, a lone CR, NEL (U+0085), LS (U+2028) and PS (U+2029).
    func lineBreakLength(at index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch bytes[index] {
        case 0x0A: return 1
        case 0x0D: return next == 0x0A ? 2 : 1
        case 0xC2: return next == 0x85 ? 2 : nil
        case 0xE2:
            guard next == 0x80, index + 2 < bytes.count, [0xA8, 0xA9].contains(bytes[index + 2]) else { return nil }
            return 3
        default: return nil
        }
    }

    /// The length of the well-formed UTF-8 sequence at `index`, table 3-7 of the Unicode Standard; `nil` for any other.
    private static func sequenceLength(_ bytes: [UInt8], at index: Int) -> Int? {
        let first = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return nil
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
        guard bytes[(index + 2)..<max(index + 2, index + length)].allSatisfy({ (0x80...0xBF).contains($0) }) else {
            return nil
        }
        return length
    }

    /// The index of the line break at or behind `start`, or the end of the text.
    func endOfLine(from start: Int) -> Int {
        var index = start
        while index < bytes.count, lineBreakLength(at: index) == nil { index += 1 }
        return index
    }

    /// The bytes of a line, counted from 1, without its line end; `nil` behind the last.
    package func line(_ number: Int) -> ArraySlice<UInt8>? {
        var start = 0
        for _ in 1..<max(1, number) {
            guard let length = lineBreakLength(at: endOfLine(from: start)) else { return nil }
            start = endOfLine(from: start) + length
        }
        return bytes[start..<endOfLine(from: start)]
    }
}
