extension MappingReader {
    /// Reports that a value is of the wrong type; always `nil`, so that it can end a reading.
    private func wrongType<Value>(_ field: Field, _ expected: String) -> Value? {
        context.wrongType(field.node, field.path, expected)
    }

    func boolean(_ key: Key<some Sendable>) -> Bool? {
        guard let field = field(key) else { return nil }
        guard case .scalar(let scalar) = field.node else { return wrongType(field, "true or false") }
        if case .boolean(let value) = scalar.kind { return value }
        if let meant = Self.booleanWords[scalar.text.lowercased()] {
            context.report(
                .wrongType, at: scalar.span, field.path,
                "\"\(scalar.text)\" is a string in YAML 1.2; write \(meant), without quotes")
            return nil
        }
        return wrongType(field, "true or false")
    }

    /// What YAML 1.1 took for booleans, and quoted ones.
    private static let booleanWords = [
        "yes": true, "y": true, "on": true, "true": true, "no": false, "n": false, "off": false, "false": false,
    ]

    func choice<Value: RawRepresentable & CaseIterable & Sendable>(_ key: Key<Value>) -> Value?
    where Value.RawValue == String {
        guard let field = field(key) else { return nil }
        let names = Value.allCases.map(\.rawValue)
        guard let name = context.choice(field.node, field.path, among: names, what: "value") else { return nil }
        return Value(rawValue: name)
    }

    func duration(_ key: Key<some Sendable>) -> Duration? {
        guard let field = field(key) else { return nil }
        guard case .duration(let range) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as a duration")
        }
        return context.duration(field.node, field.path, in: range)
    }

    func integer(_ key: Key<some Sendable>) -> Located<Int>? {
        guard let field = field(key) else { return nil }
        guard case .integer(let range) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as an integer")
        }
        return context.integer(field.node, field.path, in: range)
            .map { Located($0, span: field.node.span, path: field.path) }
    }

    func exitCode(_ key: Key<some Sendable>) -> Int32? {
        guard let field = field(key) else { return nil }
        return context.integer(field.node, field.path, in: 0...255).map(Int32.init)
    }

    func text(_ key: Key<some Sendable>) -> Located<String>? {
        guard let field = field(key) else { return nil }
        guard case .text(let maxBytes, _) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as text")
        }
        return context.text(field.node, field.path, maxBytes: maxBytes)
    }

    func absolutePath(_ key: Key<some Sendable>) -> Located<String>? {
        guard let field = field(key) else { return nil }
        guard case .absolutePath(let hasVariables) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as a path")
        }
        return context.absolutePath(field.node, field.path, hasVariables: hasVariables)
    }

    func pattern(_ key: Key<some Sendable>, isName: Bool, ignoresCase: Bool) -> Pattern? {
        guard let field = field(key) else { return nil }
        return context.pattern(field.node, field.path, isName: isName, ignoresCase: ignoresCase)
    }

    /// The entries of a list within its declared bounds, each with its path; `nil` when the value is no such list.
    func list(_ key: Key<some Sendable>) -> [(node: YAMLNode, path: ConfigPath)]? {
        guard let field = field(key) else { return nil }
        guard case .list(_, let count) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as a list")
        }
        guard case .sequence(let items, _) = field.node else {
            if case .mapping = field.node {
                context.report(
                    .wrongType, at: field.node.span, field.path,
                    "expected a list, but this is a mapping; begin each entry with \"- \"")
                return nil
            }
            return wrongType(field, "a list such as \(key.declaration.example)")
        }
        if !count.contains(items.count) {
            context.report(
                .outOfRange, at: field.keySpan, field.path,
                "\"\(key.name)\" takes \(count.lowerBound) to \(count.upperBound) entries, not \(items.count)")
        }
        return items.prefix(count.upperBound).enumerated().map { ($0.element, field.path.appending($0.offset)) }
    }

    /// The pairs of a mapping with names of the user's choice, within its declared bounds; `nil` when the value is none.
    func map(_ key: Key<some Sendable>) -> [(key: YAMLScalar, node: YAMLNode, path: ConfigPath)]? {
        guard let field = field(key) else { return nil }
        guard case .map(_, let count) = field.type else {
            preconditionFailure("the key \(key.name) is not declared as a map")
        }
        guard case .mapping(let entries, _) = field.node else {
            return wrongType(field, "a mapping such as \(key.declaration.example)")
        }
        if !count.contains(entries.count) {
            context.report(
                .outOfRange, at: field.keySpan, field.path,
                "\"\(key.name)\" takes \(count.lowerBound) to \(count.upperBound) entries, not \(entries.count)")
        }
        return entries.prefix(count.upperBound).map {
            ($0.key, $0.value, field.path.appending(String($0.key.text.prefix(64))))
        }
    }

    /// Reports a version other than 1.
    func checkVersion(_ key: Key<Void>) {
        guard let field = field(key) else { return }
        guard case .scalar(let scalar) = field.node, case .integer(let version) = scalar.kind else {
            let expected = context.isQuotedInteger(field.node) ? "the number 1 without quotes" : "the number 1"
            let _: Int? = wrongType(field, expected)
            return
        }
        if version != 1 {
            context.report(
                .unsupportedVersion, at: field.node.span, field.path,
                "version \(scalar.text.prefix(32)) is not known; write version: 1")
        }
    }
}
