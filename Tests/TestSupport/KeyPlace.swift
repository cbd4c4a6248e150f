internal import ConfigModel

/// Where the keys of one mapping stand: the smallest configuration around them.
package struct KeyPlace: Sendable {
    /// What else the mapping needs, in the order in which it is written.
    private let siblings: [(key: String, value: String)]
    private let embed: @Sendable (String) -> String

    private init(_ siblings: [(key: String, value: String)], _ embed: @escaping @Sendable (String) -> String) {
        self.siblings = siblings
        self.embed = embed
    }

    /// The configuration in which `key` has this value, or is left out.
    package func configuration(_ key: String, _ value: String?) -> String {
        var entries = siblings.filter { $0.key != key }
        if let value { entries.append((key, value)) }
        return embed("{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}")
    }

    /// The place of a key of the mapping with this name; `nil` for a mapping that is not known here.
    package init?(of key: String, in mapping: String) {
        let watch = "{processes: [{name: a}]}"
        let rule: @Sendable (String) -> String = { "{version: 1, rules: [\($0)]}" }
        let action: @Sendable (String) -> String = { rule("{name: r, watch: \(watch), actions: [\($0)]}") }
        switch mapping {
        case "configuration": self.init([("version", "1"), ("rules", "[{name: r, watch: \(watch)}]")]) { $0 }
        case "rule": self.init([("name", "r"), ("watch", watch)], rule)
        case "watch": self.init([("processes", "[{name: a}]")]) { rule("{name: r, watch: \($0)}") }
        case "process": self.init([("name", "a")]) { rule("{name: r, watch: {processes: [\($0)]}}") }
        case "action":
            let isKind = Keys.Action.declaration.alternatives.contains(key)
            self.init(isKind ? [] : [("signal", "{process: {name: a}}")], action)
        case "http": self.init([("url", "'https://example.test/'")]) { action("{http: \($0)}") }
        case "header value": self.init([]) { action("{http: {url: 'http://example.test/', headers: {a: \($0)}}}") }
        case "tls":
            self.init([("certificateFile", "/c"), ("keyFile", "/k")]) {
                action("{http: {url: 'https://example.test/', tls: \($0)}}")
            }
        case "shutdown": self.init([("preset", "istio")]) { action("{shutdown: \($0)}") }
        case "signal":
            let isAlternative = Keys.Signal.declaration.alternatives.contains(key)
            self.init(isAlternative ? [] : [("process", "{name: a}")]) { action("{signal: \($0)}") }
        case "process reference":
            let isSelector = Keys.Selector.declaration.keys.contains { $0.name == key }
            self.init(isSelector ? [("name", "a")] : []) { action("{signal: {process: \($0)}}") }
        case "touch": self.init([("path", "/a")]) { action("{touch: \($0)}") }
        case "exec": self.init([]) { action("{exec: \($0)}") }
        case "thenGone":
            self.init([("process", "{name: a}"), ("within", "1s")]) { action("{touch: /a, thenGone: \($0)}") }
        case "retry": self.init([]) { action("{http: {url: 'http://example.test/'}, retry: \($0)}") }
        case "exitCode": self.init([]) { rule("{name: r, watch: \(watch), exitCode: \($0)}") }
        default: return nil
        }
    }
}
