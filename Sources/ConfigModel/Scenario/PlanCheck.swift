/// Checks that what a scenario expects is about rules, targets and actions that there are.
struct PlanCheck {
    /// Those of all plans that the simulation goes through.
    let rules: [Rule]
    let diagnostics: DiagnosticList

    func check(_ expectations: [EventExpectation]) {
        for expectation in expectations {
            var meant = rules
            if let name = expectation.rule {
                meant = rules.filter { $0.name == name.value }
                guard !meant.isEmpty else {
                    report("rule", name, among: rules.map(\.name))
                    continue
                }
            }
            if let target = expectation.target, !meant.contains(where: { target.value < $0.targets.count }) {
                diagnostics.report(
                    .outOfRange, at: target.span, path: target.path,
                    "there is no target \(target.value); the first one is 0")
            }
            if let action = expectation.action {
                let labels = meant.flatMap { $0.actions.map(\.label) }
                if !labels.contains(action.value) { report("action", action, among: labels) }
            }
        }
    }

    private func report(_ what: String, _ name: Located<String>, among names: [String]) {
        let advice = Suggestion.phrase(for: name.value, among: names)
        let known = names.isEmpty ? "; there is none" : "; known are \(names.prefix(8).joined(separator: ", "))"
        diagnostics.report(
            .unknownValue, at: name.span, path: name.path,
            "the configuration has no \(what) \"\(name.value.prefix(64))\"\(advice.isEmpty ? known : advice)")
    }
}
