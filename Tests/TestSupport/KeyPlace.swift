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

    /// The place of a key of a scenario's mapping; `nil` for a mapping that is not known here.
    package init?(of key: String, inScenario mapping: String) {
        let top = "version: 1, variables: {A: a}, users: {airflow: 50000}"
        // Every process that an example names.
        let processes = ["report", "envoy", "load"].map { "{name: \($0)}" }.joined(separator: ", ")
        let document: @Sendable (String, String) -> String = {
            "{\(top), processes: [\(processes)\($0.isEmpty ? "" : ", ")\($0)]\($1.isEmpty ? "" : ", ")\($1)}"
        }
        let process: @Sendable (String) -> String = { document($0, "") }
        let part: @Sendable (String, String) -> String = { document("", "\($0): [\($1)]") }
        let expect: @Sendable (String) -> String = { document("", "expect: \($0)") }
        switch mapping {
        case "scenario":
            let isProcesses = key == "processes"
            let siblings = [("version", "1"), ("processes", "[\(processes)]")]
            self.init(isProcesses ? Array(siblings.prefix(1)) : siblings) { $0 }
        case "simulated process": self.init([("name", "a")], process)
        case "reaction": self.init([]) { process("{name: a, onSignal: {SIGTERM: \($0)}}") }
        case "restart": self.init([]) { process("{name: a, restarts: [\($0)]}") }
        case "endpoint": self.init([("url", "'http://127.0.0.1:1/'")]) { part("endpoints", $0) }
        case "answer":
            self.init([("status", "200")]) { part("endpoints", "{url: 'http://127.0.0.1:1/', answers: [\($0)]}") }
        case "stop":
            self.init([("process", "envoy")]) { part("endpoints", "{url: 'http://127.0.0.1:1/', stops: [\($0)]}") }
        case "file":
            self.init(key == "path" ? [("fails", "no")] : [("path", "/a")]) { part("files", $0) }
        case "program": self.init([("command", "a")]) { part("programs", $0) }
        case "event":
            let isKind = Keys.Scenario.Event.declaration.alternatives.contains(key)
            self.init([("at", "1s")] + (isKind ? [] : [("signal", "SIGTERM")])) { part("events", $0) }
        case "expectations": self.init([], expect)
        case "expected event": self.init([("event", "rule.fired")]) { expect("{events: [\($0)]}") }
        case "expected request": self.init([("url", "'http://127.0.0.1:1/'")]) { expect("{requests: [\($0)]}") }
        case "expected signal": self.init([("process", "envoy")]) { expect("{signals: [\($0)]}") }
        case "expected program": self.init([("command", "a")]) { expect("{programs: [\($0)]}") }
        default: return nil
        }
    }
}
