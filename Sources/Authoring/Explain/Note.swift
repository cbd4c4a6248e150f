internal import ConfigModel

/// Something in a valid configuration that its author may not have meant.
struct Note: Hashable, Sendable {
    /// A stable name; the wording may change.
    enum Code: String, Hashable, Sendable, CaseIterable {
        case waitsForEver = "waits-for-ever"
        case gracePeriodSeconds = "grace-period-seconds"
        case finalRule = "final-rule"
        case neverEnds = "never-ends"
        case insecureTLS = "insecure-tls"
        case loosePattern = "loose-pattern"
    }

    let code: Code
    /// The rule that it is about; `nil` where it is about the run.
    let rule: String?
    let text: String

    /// What Kubernetes gives a pod that says nothing.
    static let usualGracePeriodSeconds: Int64 = 30
    /// An unanchored name pattern up to this length is true for names that nobody thought of.
    private static let shortPattern = 4

    /// All that is to be said of a plan: what the rules give rise to, in the order of the file, then what the run does.
    static func all(on plan: Plan) -> [Note] {
        plan.rules.flatMap { notes(on: $0, in: plan) } + notes(on: plan)
    }

    private static func notes(on rule: Rule, in plan: Plan) -> [Note] {
        var notes: [Note] = []
        func add(_ code: Code, _ text: String) { notes.append(Note(code: code, rule: rule.name, text: text)) }
        if rule.startTimeout == nil {
            add(
                .waitsForEver,
                "There is no startTimeout: where nothing ever matches, Knell waits for ever, and the pod with it.")
        }
        var patterns = rule.targets.map(\.name)
        for action in rule.actions {
            patterns += action.signalledNames
            if case .http(let request) = action.kind, request.tls?.insecureSkipVerify == true {
                add(
                    .insecureTLS,
                    "\(action.label) trusts any certificate (insecureSkipVerify): whoever is in between can read the "
                        + "request, its headers included. For tests only.")
            }
        }
        for pattern in patterns.compactMap(\.self) where isLoose(pattern) {
            add(
                .loosePattern,
                "The name pattern \(pattern.text) is short and matches anywhere in a name; ^\(pattern.text)$ matches that "
                    + "name alone. `knell match` shows what it matches.")
        }
        if rule.isFinal, plan.rules.count > 1 {
            let others = plan.rules.filter { $0.name != rule.name }.map(\.name).joined(separator: ", ")
            add(
                .finalRule,
                "The rule is final: when it is finished, Knell exits at once, and what other rules (\(others)) have not done "
                    + "by then stays undone.")
        }
        return notes
    }

    private static func notes(on plan: Plan) -> [Note] {
        var notes: [Note] = []
        let repeating = plan.rules.filter(\.repeats).map(\.name)
        if !repeating.isEmpty, !plan.rules.contains(where: \.isFinal) {
            notes.append(
                Note(
                    code: .neverEnds, rule: nil,
                    text:
                        "A rule that repeats (\(repeating.joined(separator: ", "))) never ends the run: Knell ends by a signal only, "
                        + "so a Job would not complete."))
        }
        if plan.leastGracePeriodSeconds > usualGracePeriodSeconds {
            notes.append(
                Note(
                    code: .gracePeriodSeconds, rule: nil,
                    text:
                        "terminationGracePeriodSeconds of the pod must be at least \(plan.leastGracePeriodSeconds); what Kubernetes "
                        + "gives a pod that says nothing is \(usualGracePeriodSeconds), after which it kills every container."
                ))
        }
        return notes
    }

    private static func isLoose(_ pattern: Pattern) -> Bool {
        pattern.text.utf8.count <= shortPattern && !pattern.text.hasPrefix("^") && !pattern.text.hasSuffix("$")
    }
}

extension Action {
    /// The name patterns by which the step finds processes.
    fileprivate var signalledNames: [Pattern?] {
        var references = [thenGone?.process].compactMap(\.self)
        // Without a process of its own, thenGone has that of the signal.
        if case .signal(let request) = kind, request.process != thenGone?.process { references.append(request.process) }
        return references.map { if case .matching(let selector) = $0 { selector.name } else { nil } }
    }
}
