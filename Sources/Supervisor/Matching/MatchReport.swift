package import ConfigModel
package import LinuxProcesses
internal import SupervisorCore

/// What every selector of a plan matches at one time, and what it almost matches.
package struct MatchReport: Sendable {
    /// What a selector is for.
    package enum Use: Hashable, Sendable {
        /// The target with this index in `watch.processes`.
        case target(Int)
        /// An action of this label sends its signal to the matches.
        case signal(String)
        /// An action of this label is held back until no match is left.
        case thenGone(String)

        /// Such as `0`, `1/signal` or `0/shutdown thenGone`.
        package var label: String {
            switch self {
            case .target(let index): "\(index)"
            case .signal(let label): label
            case .thenGone(let label): "\(label) thenGone"
            }
        }
    }

    /// One selector of the plan.
    package struct Subject: Hashable, Sendable {
        /// The name of the rule.
        package let rule: String
        package let use: Use
        package let selector: ProcessSelector

        package init(rule: String, use: Use, selector: ProcessSelector) {
            self.rule = rule
            self.use = use
            self.selector = selector
        }

        var isTarget: Bool { if case .target = use { true } else { false } }
    }

    /// A selector and what was found for it.
    package struct Entry: Sendable {
        package let subject: Subject
        package let result: ProcessCensus.Result

        package init(_ subject: Subject, _ result: ProcessCensus.Result) {
            self.subject = subject
            self.result = result
        }
    }

    /// In the order of the file: of each rule its targets, then what its actions name.
    package let entries: [Entry]
    /// Dates the start of processes.
    package let clock: BootClock
    /// Why the processes of other containers cannot be seen; `nil` where all is well, and for a recorded table.
    package let namespace: NamespaceCheck?

    package init(entries: [Entry], clock: BootClock, namespace: NamespaceCheck?) {
        self.entries = entries
        self.clock = clock
        self.namespace = namespace
    }

    /// How many targets there are, and how many of them match nothing.
    package var targetCounts: (all: Int, unmatched: Int) {
        let targets = entries.filter(\.subject.isTarget)
        return (targets.count, targets.filter(\.result.matches.isEmpty).count)
    }

    /// What keeps the report from telling all, and what to set.
    package var warnings: [String] {
        (namespace.map { [$0.warning] } ?? [])
            + entries.flatMap { entry in
                entry.result.missingRights.map { right in
                    let others = right.count - 1
                    let whom =
                        "process \(right.pid)"
                        + (others > 0 ? " and \(others) \(others == 1 ? "other" : "others")" : "")
                    return "\(entry.subject.rule) \(entry.subject.use.label): "
                        + ProcessScan.warning(right.condition, of: whom)
                }
            }
    }
}

extension Plan {
    /// Every selector of the plan, in the order of a report. What an action waits for is left out where it is what the
    /// action signals.
    var subjects: [MatchReport.Subject] {
        rules.flatMap { rule in
            rule.targets.enumerated().map { index, selector in
                MatchReport.Subject(rule: rule.name, use: .target(index), selector: selector)
            } + rule.actions.flatMap { $0.subjects(in: rule) }
        }
    }
}

extension Action {
    fileprivate func subjects(in rule: Rule) -> [MatchReport.Subject] {
        var subjects: [MatchReport.Subject] = []
        if case .signal(let request) = kind, case .matching(let selector) = request.process {
            subjects.append(MatchReport.Subject(rule: rule.name, use: .signal(label), selector: selector))
        }
        if case .matching(let selector) = thenGone?.process, !subjects.contains(where: { $0.selector == selector }) {
            subjects.append(MatchReport.Subject(rule: rule.name, use: .thenGone(label), selector: selector))
        }
        return subjects
    }
}
