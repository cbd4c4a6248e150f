extension SourceText {
    /// Where the values of `keys` seem to stand in a document that could not be parsed.
    ///
    /// Without a tree this goes by the look of the lines, and hides rather too much than too little: all behind the key
    /// on its line, and every deeper line below it.
    func likelySecrets(under keys: Set<String>) -> [SourceSpan] {
        var spans: [SourceSpan] = []
        var secretIndent: Int?
        var start = 0
        var number = 1
        while start <= bytes.count {
            let end = endOfLine(from: start)
            let line = bytes[start..<end]
            let indent = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
            if indent < line.count {
                if let limit = secretIndent, indent > limit {
                    spans.append(SourceSpan(line: number, from: Self.valueStart(of: line)))
                } else {
                    secretIndent = nil
                    if let found = Self.firstKey(of: keys, in: line) {
                        spans.append(SourceSpan(line: number, from: found.valueColumn))
                        secretIndent = found.indent
                    }
                }
            }
            start = end + max(1, lineBreakLength(at: end) ?? 1)
            number += 1
        }
        return spans
    }

    /// The column of what follows the key of a line; the first that is not blank where the line holds no key.
    private static func valueStart(of line: ArraySlice<UInt8>) -> Int {
        let colon = line.indices.first {
            $0 + 1 < line.endIndex && line[$0] == UInt8(ascii: ":") && line[$0 + 1] == UInt8(ascii: " ")
        }
        let start = colon.map { $0 + 1 } ?? line.startIndex
        let text = line[start...].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } ?? start
        return column(of: text, in: line)
    }

    /// The leftmost of `keys` on a line: where its value begins, and the indentation below which its lines end.
    private static func firstKey(of keys: Set<String>, in line: ArraySlice<UInt8>) -> (valueColumn: Int, indent: Int)? {
        for start in line.indices {
            for key in keys where line[start...].starts(with: key.utf8) {
                let rest = line[(start + key.utf8.count)...].drop { [0x20, 0x22, 0x27].contains($0) }
                guard rest.first == UInt8(ascii: ":") else { continue }
                let lead = line[..<start]
                let isFirst = lead.allSatisfy { [0x20, 0x22, 0x27, UInt8(ascii: "-")].contains($0) }
                let indent = isFirst ? lead.count : lead.prefix { $0 == UInt8(ascii: " ") }.count
                return (column(of: rest.startIndex + 1, in: line), indent)
            }
        }
        return nil
    }

    /// Columns count characters: every byte but those that continue one.
    private static func column(of index: Int, in line: ArraySlice<UInt8>) -> Int {
        line[..<index].reduce(1) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}

extension SourceSpan {
    /// From a column to the end of the line.
    fileprivate init(line: Int, from column: Int) {
        self.init(start: SourceMark(line: line, column: column), end: SourceMark(line: line, column: .max))
    }
}
