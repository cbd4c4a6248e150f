import ConfigModel

/// Texts of a document that no output may show: scalars behind its format's secret keys.
struct SecretTexts {
    /// Shorter ones stand in every text by chance.
    private static let shortest = 8

    private let texts: [String]

    /// Finds them in the tree, by other code than hides them. What the document says elsewhere, too, is no secret.
    init(in bytes: [UInt8], as format: DocumentFormat) {
        let source = SourceText(bytes)
        guard let root = YAMLParser.parse(source, as: format, into: DiagnosticList()) else {
            texts = []
            return
        }
        var found: [String] = []
        Self.collect(root, isSecret: false, format.secretNames, &found)
        let document = String(decoding: source.bytes, as: UTF8.self)
        texts = found.filter { document.occurrences(of: $0) == 1 }
    }

    /// Values of `fromEnv` and `fromFile` are names, and so are keys.
    private static func collect(_ node: YAMLNode, isSecret: Bool, _ names: Set<String>, _ found: inout [String]) {
        switch node {
        case .scalar(let scalar): if isSecret, scalar.text.utf8.count >= shortest { found.append(scalar.text) }
        case .sequence(let items, _): for item in items { collect(item, isSecret: isSecret, names, &found) }
        case .mapping(let entries, _):
            for entry in entries where !["fromEnv", "fromFile"].contains(entry.key.text) {
                collect(entry.value, isSecret: isSecret || names.contains(entry.key.text), names, &found)
            }
        }
    }

    func check(_ text: String, _ what: String) throws(BrokenPromise) {
        let shown = texts.first { text.occurrences(of: $0) > 0 }
        try BrokenPromise.unless(shown == nil, "\(what) shows no secret", "\(shown ?? "") in \(text)")
    }
}

extension String {
    /// How often `other` stands in this text, byte by byte.
    fileprivate func occurrences(of other: String) -> Int {
        let (text, wanted) = (Array(utf8), Array(other.utf8))
        guard let first = wanted.first, text.count >= wanted.count else { return 0 }
        var count = 0
        for start in 0...(text.count - wanted.count)
        where text[start] == first && text[start..<(start + wanted.count)].elementsEqual(wanted) {
            count += 1
        }
        return count
    }
}
