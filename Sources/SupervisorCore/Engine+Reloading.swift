internal import ConfigModel

/// What a new configuration means for the rules of the old one, by name.
private struct ReloadSummary {
    var unchanged = 0
    var added: [String] = []
    /// Changed before they had fired.
    var restarted: [String] = []
    /// Changed after they had fired.
    var left: [String] = []
    var removed: [String] = []

    /// The summary in the words of a log.
    var text: String {
        func part(_ what: String, _ names: [String]) -> String? {
            names.isEmpty ? nil : "\(what): \(names.joined(separator: ", "))"
        }
        let parts = [
            part("begin anew", restarted), part("added", added), part("removed", removed),
            part("changed but have fired, so they stay as they were", left),
            unchanged > 0 ? "unchanged: \(unchanged)" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: "; ")
    }
}

extension Engine {
    /// Replaces the plan while everything goes on.
    ///
    /// A rule of the same name and the same meaning keeps its state, whatever its place in the file. One that has changed
    /// begins anew, but keeps the processes of those targets whose selector is the same: what it has latched or seen
    /// end must not be lost, however close the end and the change are. One that has fired stays as it was, whether it is
    /// changed or removed, so that no action runs twice and no failure is forgotten.
    mutating func reloaded(_ newPlan: Plan, at now: Instant, _ effects: inout [Effect]) {
        guard termination != .finishing else {
            let refusal = LogRecord(.configRejected, level: .warning).with {
                $0.error = "Knell is stopping, and every rule has fired; the configuration stays as it was"
            }
            return effects.append(.log(refusal))
        }
        plan = newPlan
        var summary = ReloadSummary()
        var former = Dictionary(uniqueKeysWithValues: rules.map { ($0.rule.name, $0) })
        var next: [RuleRuntime] = []
        var records: [LogRecord] = []
        for rule in newPlan.rules {
            guard var runtime = former.removeValue(forKey: rule.name) else {
                summary.added.append(rule.name)
                next.append(RuleRuntime(id: takeRuleID(), rule: rule, at: now))
                continue
            }
            runtime.isRetired = false
            if runtime.newest == rule {
                summary.unchanged += 1
            } else if runtime.state.isLooking {
                summary.restarted.append(rule.name)
                runtime = restarted(runtime, as: rule, at: now, &records, &effects)
            } else {
                summary.left.append(rule.name)
                runtime.successor = runtime.rule == rule ? nil : rule
            }
            next.append(runtime)
        }
        // In the order of the former file, behind what is in the new one.
        for runtime in rules where former[runtime.rule.name] != nil {
            if runtime.state.isLooking {
                summary.removed.append(runtime.rule.name)
                release(runtime, keeping: [:], &effects)
            } else {
                var retired = runtime
                retired.isRetired = true
                retired.successor = nil
                next.append(retired)
                if !runtime.isRetired { summary.removed.append(runtime.rule.name) }
            }
        }
        rules = next
        scan.isWanted = true
        effects.append(.log(LogRecord(.configReloaded).with { $0.note = summary.text }))
        effects += records.map { .log($0) }
    }

    private mutating func takeRuleID() -> RuleID {
        defer { nextRuleNumber += 1 }
        return RuleID(nextRuleNumber)
    }

    /// The new version of a rule that has not fired, with what the old one knows of the targets that both have.
    private mutating func restarted(
        _ runtime: RuleRuntime, as rule: Rule, at now: Instant, _ records: inout [LogRecord], _ effects: inout [Effect]
    ) -> RuleRuntime {
        var fresh = RuleRuntime(id: takeRuleID(), rule: rule, at: now)
        var kept: [Int: TargetID] = [:]
        for (target, selector) in rule.targets.enumerated() {
            // Two targets may have one selector; each former one is handed over once.
            let match = runtime.rule.targets.indices.first { index in
                kept[index] == nil && runtime.rule.targets[index] == selector
            }
            guard let former = match else { continue }
            kept[former] = TargetID(rule: fresh.id, index: target)
            fresh.targets[target] = runtime.targets[former].carriedOver()
            for (process, member) in runtime.targets[former].sortedMembers {
                records.append(
                    LogRecord(.targetFound).with {
                        $0.rule = rule.name
                        $0.target = target
                        $0.pid = process.pid
                        $0.processName = member.name
                        $0.note = "watched since before the reload"
                    })
            }
        }
        release(runtime, keeping: kept, &effects)
        return fresh
    }

    /// Hands the processes of a rule that goes over to the targets that come after its own, and lets go of the others.
    private mutating func release(_ runtime: RuleRuntime, keeping kept: [Int: TargetID], _ effects: inout [Effect]) {
        for (index, target) in runtime.targets.enumerated() {
            let former = TargetID(rule: runtime.id, index: index)
            for (process, _) in target.sortedMembers {
                stopWatching(process, for: former, insteadFor: kept[index], &effects)
            }
        }
    }
}
