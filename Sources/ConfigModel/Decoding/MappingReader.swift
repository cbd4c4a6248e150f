/// Reads one mapping by its declaration: reports unknown, missing and conflicting keys, and hands out the others' values.
struct MappingReader {
    /// The value of a key, ready to be decoded.
    struct Field {
        let node: YAMLNode
        let path: ConfigPath
        let keySpan: SourceSpan
        let type: ValueType
    }

    let span: SourceSpan
    let path: ConfigPath
    let context: DecodingContext
    private let fields: [String: Field]
    /// Keys that unknown ones were probably meant to be: they are not reported as missing too.
    private let meant: Set<String>

    /// `nil`, with a diagnostic, when `node` is no mapping.
    ///
    /// With `allowsExtensions`, keys that begin with `x-` are passed over.
    init?(
        _ node: YAMLNode, as declaration: MappingDeclaration, at path: ConfigPath, in context: DecodingContext,
        allowsExtensions: Bool = false
    ) {
        guard case .mapping(let entries, let span) = node else {
            let keys = declaration.keys.filter(\.isRequired) + declaration.keys.filter { !$0.isRequired }
            let names = keys.prefix(3).map(\.name).joined(separator: ", ")
            context.report(
                .wrongType, at: node.span, path,
                "expected a mapping with keys such as \(names), but this is \(node.kindName)")
            return nil
        }
        self.span = entries.first.flatMap { $0.isMerged ? nil : $0.key.span } ?? span
        self.path = path
        self.context = context
        var fields: [String: Field] = [:]
        var meant: Set<String> = []
        for entry in entries {
            let name = entry.key.text
            guard let key = declaration.keys.first(where: { $0.name == name }) else {
                if allowsExtensions && name.hasPrefix("x-") { continue }
                if let known = Self.reportUnknown(entry, declaration, path, context) { meant.insert(known) }
                continue
            }
            fields[name] = Field(
                node: entry.value, path: path.appending(name), keySpan: entry.key.span, type: key.type)
        }
        self.fields = fields
        self.meant = meant
        for key in declaration.keys where key.isRequired && fields[key.name] == nil && !meant.contains(key.name) {
            context.report(
                .missingKey, at: self.span, path,
                "the key \"\(key.name)\" is missing; write \(key.name): \(key.example)")
        }
        reportAlternatives(declaration)
    }

    /// Reports an unknown key; returns the known one that it was probably meant to be.
    private static func reportUnknown(
        _ entry: YAMLEntry, _ declaration: MappingDeclaration, _ path: ConfigPath, _ context: DecodingContext
    ) -> String? {
        let word = entry.key.text
        let names = declaration.keys.map(\.name)
        let known = Suggestion.nearest(to: word, among: names)
        let homes = context.format.mappings.filter { home in home.keys.contains { $0.name == word } }.map {
            "\"\($0.name)\""
        }
        let advice =
            if let known {
                "; did you mean \"\(known)\"?"
            } else if !homes.isEmpty {
                "; it belongs to \(homes.joined(separator: " or "))"
            } else {
                "; known are \(names.joined(separator: ", "))"
            }
        context.report(.unknownKey, at: entry.key.span, path, "unknown key \"\(word.prefix(64))\"\(advice)")
        // What was meant for a header or a body must not show, however the key is misspelt.
        let secretNames = context.format.secretNames
        let mayBeSecret =
            !secretNames.isDisjoint(with: names)
            || [Keys.Header.declaration.name, Keys.Exec.declaration.name].contains(declaration.name)
        if mayBeSecret || Suggestion.nearest(to: word, among: secretNames.sorted()) != nil {
            context.diagnostics.hide(entry.value)
        }
        return known
    }

    private func reportAlternatives(_ declaration: MappingDeclaration) {
        let names = declaration.alternatives
        guard !names.isEmpty else { return }
        let given = names.compactMap { name in fields[name].map { (name: name, span: $0.keySpan) } }
            .sorted { $0.span.start < $1.span.start }
        guard let first = given.first else {
            if meant.isDisjoint(with: names) {
                context.report(
                    .missingKey, at: span, path, "the \(declaration.name) needs one of \(names.joined(separator: ", "))"
                )
            }
            return
        }
        for (name, span) in given.dropFirst() {
            context.report(
                .conflictingKeys, at: span, path,
                "\"\(name)\" cannot stand beside \"\(first.name)\"; remove one, or give it an entry of its own")
        }
    }

    /// The value of a key that is written, whatever it is.
    func field(_ key: Key<some Sendable>) -> Field? { fields[key.name] }

    /// The names of the known keys that are written, by their places.
    var keysInOrder: [String] {
        fields.sorted { ($0.value.keySpan.start, $0.key) < ($1.value.keySpan.start, $1.key) }.map(\.key)
    }

    /// The value of the key of this name that is written.
    func fieldNamed(_ name: String) -> Field? { fields[name] }

    /// Whether the key is written, even misspelt or with a value that cannot be used.
    func contains(_ key: Key<some Sendable>) -> Bool { fields[key.name] != nil || meant.contains(key.name) }
}
