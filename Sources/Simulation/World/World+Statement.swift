internal import ConfigModel
internal import SupervisorCore

extension World {
    /// How many of several things are named.
    private static let named = 3

    /// What a rule that is not finished waits for, in one sentence; `selectors` are those of its targets.
    mutating func statement(about rule: RuleStatus, _ selectors: [ProcessSelector]) -> String {
        if let action = rule.current { return "\(rule.name) is at its action \(action.label)" }
        let targets = zip(rule.targets, selectors).enumerated().map {
            (status: $0.element.0, phrase: "target \($0.offset) (\($0.element.1))", selector: $0.element.1)
        }
        let unseen = targets.filter { $0.status.phase == .unseen }
        let living = targets.filter { !$0.status.processes.isEmpty }
        var parts = unseen.prefix(Self.named).map { "waits for \($0.phrase): \(reason(for: $0.selector))" }
        if unseen.count > Self.named { parts.append("waits for \(unseen.count - Self.named) more targets") }
        for target in living.prefix(Self.named) {
            let names = target.status.processes.map { "\($0.name) (pid \($0.pid))" }
            parts.append("watches \(target.phrase), which lives: \(Self.list(names))")
        }
        if parts.isEmpty { parts = [rule.state == .grace ? "is in its grace period" : "is \(rule.state.rawValue)"] }
        return "\(rule.name) \(parts.joined(separator: "; "))"
    }

    /// Why nothing was seen that a selector matches.
    private mutating func reason(for selector: ProcessSelector) -> String {
        let matches = matcher.matches(selector)
        if !matches.isEmpty {
            return "\(Self.list(names(of: matches))) matches, but was not there when Knell looked"
        }
        let near = matcher.nearMisses(of: selector)
        guard near.isEmpty else {
            return Self.list(near.map { "\($0.name) does not match by its \($0.condition)" })
        }
        let names = names(of: Array(scenario.processes.indices))
        return "no process of the scenario matches" + (names.isEmpty ? "" : "; there is \(Self.list(names))")
    }

    /// Each name once.
    private func names(of processes: [Int]) -> [String] {
        var told: Set<String> = []
        return processes.map { scenario.processes[$0].name }.filter { told.insert($0).inserted }
    }

    private static func list(_ texts: [String]) -> String {
        texts.prefix(named).joined(separator: ", ") + (texts.count > named ? " and \(texts.count - named) more" : "")
    }
}
