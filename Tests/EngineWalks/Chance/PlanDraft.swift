internal import ConfigModel

/// A configuration made by choice, of everything that the engine knows, in several versions.
///
/// A version is the first one with some of its rules edited; so an edit that is taken away leaves the rest as it was.
struct PlanDraft {
    /// The names of processes that its selectors look for.
    static let kinds = ["a", "b", "c"]
    /// How many versions a walk may meet, the first one included.
    static let versionCount = 4
    /// How many rules the versions together may have.
    private static let ruleCount = 4

    /// What becomes of a rule in a later version.
    private enum Edit: CaseIterable {
        case none, removal, targets, timing, grace, actions, code, name
    }

    /// A rule's parts, each with the number of the version that has drawn it.
    private struct Parts {
        var name = 0
        var targets = 0
        var timing = 0
        var grace = 0
        var actions = 0
        var code = 0
    }

    private(set) var choices: Choices

    init(_ choices: Choices) { self.choices = choices }

    /// The text of a version, with nothing in it that is a default.
    mutating func yaml(version: Int) -> String {
        var rules = (0..<Self.ruleCount).map { rule(at: $0, version: version) }
        if rules.allSatisfy({ $0 == nil }) { rules[0] = text(0, Parts(), name: "r0") }
        var texts = rules.compactMap(\.self)
        let order = choices.number(ChoiceKey(.order, version), below: 4)
        if order & 1 != 0 { texts.reverse() }
        if order & 2 != 0 { texts.append(texts.removeFirst()) }
        return head(version) + "rules:\n" + texts.joined()
    }

    private mutating func head(_ version: Int) -> String {
        let drawn = version > 0 && choices.chance(ChoiceKey(.newPolicy, version), 25) ? version : 0
        let policy = choices.pick(ChoiceKey(.policy, drawn), ["drain", "drain", "run", "exit"])
        let time = choices.pick(ChoiceKey(.drainTime, drawn), ["25s", "0s", "1s", "5s"])
        return "version: 1\n" + (policy == "drain" ? "" : "onTerminate: \(policy)\n")
            + (time == "25s" ? "" : "terminationTimeout: \(time)\n")
    }

    private mutating func rule(at place: Int, version: Int) -> String? {
        var parts = Parts()
        var isThere = choices.chance(ChoiceKey(.hasRule, place), place < 3 ? 60 : 0)
        if version > 0 {
            let edits: [Edit] = [.none, .none, .none, .none] + Edit.allCases
            let edit = choices.pick(ChoiceKey(.edit, version, place), edits)
            switch edit {
            case .none: break
            case .removal: isThere.toggle()
            case .targets: parts.targets = version
            case .timing: parts.timing = version
            case .grace: parts.grace = version
            case .actions: parts.actions = version
            case .code: parts.code = version
            case .name: parts.name = version
            }
        }
        guard isThere else { return nil }
        var number = place
        // Two rules may exchange their names.
        if version > 0, place < 2, choices.chance(ChoiceKey(.swapsNames, version), 10) { number = 1 - place }
        return text(place, parts, name: (parts.name == 0 ? "r" : "s") + "\(number)")
    }

    private mutating func text(_ place: Int, _ parts: Parts, name: String) -> String {
        var lines = ["- name: \(name)", "  watch:"]
        let targets = (0..<3).filter { choices.chance(ChoiceKey(.hasTarget, place, $0, parts.targets), 55) }
        let selectors = (targets.isEmpty ? [0] : targets).map { target in
            let kind = choices.pick(ChoiceKey(.targetKind, place, target, parts.targets), Self.kinds + ["[ab]"])
            return kind.hasPrefix("[") ? "{name: '\(kind)'}" : "{name: \(kind)}"
        }
        lines.append("    processes: [\(selectors.joined(separator: ", "))]")
        if choices.chance(ChoiceKey(.until, place, parts.targets), 35) { lines.append("    until: anyEnded") }
        let timeout = choices.pick(
            ChoiceKey(.startTimeout, place, parts.timing), ["", "", "", "1ms", "300ms", "2s", "10s"])
        if !timeout.isEmpty {
            lines.append("    startTimeout: \(timeout)")
            if choices.chance(ChoiceKey(.onStartTimeout, place, parts.timing), 50) {
                lines.append("    onStartTimeout: skip")
            }
        }
        let grace = choices.pick(ChoiceKey(.gracePeriod, place, parts.grace), ["", "", "1ms", "700ms", "3s"])
        if !grace.isEmpty { lines.append("  gracePeriod: \(grace)") }
        let actions = (0..<3).filter { choices.chance(ChoiceKey(.hasAction, place, $0, parts.actions), 60) }
        if !actions.isEmpty { lines.append("  actions:") }
        for action in actions { lines.append("    - {\(self.action(place, action, parts.actions))}") }
        if choices.chance(ChoiceKey(.hasExitCode, place, parts.code), 80) {
            let ended = choices.pick(ChoiceKey(.endedCode, place, parts.code), ["0", "fromTarget", "fromTarget", "11"])
            let unknown = choices.chance(ChoiceKey(.unknownCode, place, parts.code), 50) ? ", unknown: 15" : ""
            lines.append(
                "  exitCode: {ended: \(ended), actionFailed: 12, notStarted: 13, terminated: 14\(unknown)}")
        }
        let endings = ["", "", "", "", "final: true", "repeat: true", "repeat: true"]
        let ending = choices.pick(ChoiceKey(.ending, place, parts.code), endings)
        if !ending.isEmpty { lines.append("  \(ending)") }
        return lines.map { "  \($0)\n" }.joined()
    }

    private mutating func action(_ place: Int, _ action: Int, _ generation: Int) -> String {
        func key(_ topic: Topic) -> ChoiceKey { ChoiceKey(topic, place, action, generation) }
        let kind = choices.pick(key(.actionKind), ["touch", "http", "http", "http", "exec", "signal", "sleep"])
        var keys: [String] = []
        switch kind {
        case "http":
            var request = "url: 'http://h/'"
            if choices.chance(key(.whenRefused), 40) { request += ", whenRefused: succeed" }
            if choices.chance(key(.whenDropped), 40) { request += ", whenDropped: succeed" }
            keys.append("http: {\(request)}")
        case "exec": keys.append("exec: {command: [/a]}")
        case "signal": keys.append("signal: {process: {name: p}}")
        case "sleep": keys.append("sleep: \(choices.pick(key(.sleepTime), ["1s", "0s", "300ms"]))")
        default: keys.append("touch: /a")
        }
        if kind != "sleep" {
            let timeout = choices.pick(key(.timeout), ["", "1ms", "2s", "1s"])
            if !timeout.isEmpty { keys.append("timeout: \(timeout)") }
            let attempts = choices.pick(key(.attempts), [0, 0, 1, 2, 3, 4])
            let delays = choices.pick(
                key(.delay), ["delay: 200ms", "delay: 200ms, maxDelay: 1s", "delay: 400ms, maxDelay: 500ms"])
            if attempts > 0 { keys.append("retry: {attempts: \(attempts), \(delays)}") }
            if choices.chance(key(.thenGone), kind == "signal" ? 60 : 20) {
                keys.append("thenGone: {\(kind == "signal" ? "" : "process: {name: p}, ")within: 1s}")
            }
        }
        let outcomes = ["", "", "", "", "succeeded", "failed", "notStarted, unknown", "terminated"]
        let outcome = choices.pick(key(.runsWhen), outcomes)
        if !outcome.isEmpty { keys.append("when: [\(outcome)]") }
        let policy = choices.pick(key(.onFailure), ["", "", "stop", "ignore"])
        if !policy.isEmpty { keys.append("onFailure: \(policy)") }
        return keys.joined(separator: ", ")
    }
}

/// The versions of one draft as plans, each read once.
struct PlanBook {
    private var draft: PlanDraft
    private var plans: [Int: Plan] = [:]
    private(set) var texts: [Int: String] = [:]

    init(_ choices: Choices) { draft = PlanDraft(choices) }

    /// The choices that have made the versions which were asked for.
    var made: Case { draft.choices.made }

    /// A version as a plan.
    ///
    /// - Throws: ``Breach`` of ``Law/soundWalk``: the draft is no valid configuration.
    mutating func plan(version: Int) throws(Breach) -> Plan {
        if let plan = plans[version] { return plan }
        let text = draft.yaml(version: version)
        let reading = ConfigurationReading(Array(text.utf8), environment: .empty)
        guard let plan = reading.plan else {
            throw Breach(.soundWalk, reading.render(fileName: "version \(version)"))
        }
        plans[version] = plan
        texts[version] = text
        return plan
    }
}
