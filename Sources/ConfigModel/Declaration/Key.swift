/// One key of the configuration, as documentation and schema show it.
package struct KeyDeclaration: Sendable {
    package let name: String
    package let type: ValueType
    package let isRequired: Bool
    /// The default as the configuration would write it; `nil` where leaving the key out means something of its own.
    package let defaultText: String?
    /// What the key does, one sentence.
    package let summary: String
    /// A value as it would be written.
    package let example: String
}

/// A key together with the Swift type of its value and its default.
package struct Key<Value: Sendable>: Sendable {
    package let declaration: KeyDeclaration
    /// The value that counts when the key is left out.
    package let defaultValue: Value

    package var name: String { declaration.name }

    init(
        _ name: String, _ type: ValueType, default value: Value, _ defaultText: String?, isRequired: Bool = false,
        _ summary: String, example: String
    ) {
        declaration = KeyDeclaration(
            name: name, type: type, isRequired: isRequired, defaultText: defaultText, summary: summary, example: example
        )
        defaultValue = value
    }
}

extension Key where Value == Void {
    /// A key without a default of its own.
    init(_ name: String, _ type: ValueType, isRequired: Bool = false, _ summary: String, example: String) {
        self.init(name, type, default: (), nil, isRequired: isRequired, summary, example: example)
    }
}

extension Key where Value == Duration {
    init(_ name: String, _ range: ClosedRange<Duration>, default value: Duration, _ summary: String, example: String) {
        self.init(name, .duration(range), default: value, value.configText, summary, example: example)
    }
}

extension Key where Value == Bool {
    init(_ name: String, default value: Bool, _ summary: String) {
        self.init(name, .boolean, default: value, String(value), summary, example: String(!value))
    }
}

extension Key where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    init(_ name: String, default value: Value, _ summary: String) {
        let names = Value.allCases.map(\.rawValue)
        self.init(
            name, .choice(names), default: value, value.rawValue, summary,
            example: names.last { $0 != value.rawValue } ?? value.rawValue)
    }
}

/// A mapping of the configuration: its keys and what it is for.
package struct MappingDeclaration: Sendable {
    /// What the mapping is called in documentation and diagnostics, such as `rule`.
    package let name: String
    package let summary: String
    package let keys: [KeyDeclaration]
    /// Exactly one of these must be there; empty where there is no such choice.
    package let alternatives: [String]
    /// What else the keys demand of each other.
    package let constraints: [KeyConstraint]

    init(
        _ name: String, _ summary: String, alternatives: [String] = [], constraints: [KeyConstraint] = [],
        _ keys: [KeyDeclaration]
    ) {
        self.name = name
        self.summary = summary
        self.keys = keys
        self.alternatives = alternatives
        self.constraints = constraints
    }
}
