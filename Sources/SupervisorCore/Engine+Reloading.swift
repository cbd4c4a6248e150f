internal import ConfigModel

/// What a new configuration means for the rules of the old one, by name.
private struct ReloadSummary {
    var unchanged = 0
    var added: [String] = []
    /// Changed before they had fired.
    var restarted: [String] = []
    /// Changed after they had fired.
    var left: [String] = []
    /// Gone before they had fired.
    var removed: [String] = []
    /// Gone after they had fired.
    var retired: [String] = []

    /// The summary in the words of a log.
    var text: String {
        func part(_ what: String, _ names: [String]) -> String? {
            names.isEmpty ? nil : "\(what): \(names.joined(separator: ", "))"
        }
        let parts = [
            part("begin anew", restarted), part("added", added), part("removed", removed),
            part("changed after they had fired, so this round stays as it was", left),
            part("removed after they had fired, so their codes still count", retired),
            unchanged > 0 ? "unchanged: \(unchanged)" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: "; ")
    }
}

/// A target of a rule that a reload ends before it has fired, with all that was known of it.
private struct Bequest {
    let ruleName: String
    let former: TargetID
    let selector: ProcessSelector
    let target: TargetState
}

extension Engine {
    /// Replaces the plan while everything goes on.
    ///
    /// A rule of the same name and the same meaning keeps its state, whatever its place in the file. One that has changed
    /// begins anew, and so does one that is new; but each of their targets takes over what was known of a target with the
    /// same selector in a rule that ends here, its own former version first: what was latched or seen to end must not be
    /// lost, however close the end and the change are. A rule that has fired stays as it was, whether it is changed or
    /// removed, so that no action runs twice and no failure is forgotten.
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
        /// The places in `next` of those that begin now.
        var beginners: [Int] = []
        var bequests: [Bequest] = []
        for rule in newPlan.rules {
            guard var runtime = former.removeValue(forKey: rule.name) else {
                summary.added.append(rule.name)
                beginners.append(next.count)
                next.append(RuleRuntime(id: takeRuleID(), rule: rule, at: now))
                continue
            }
            let wasRetired = runtime.isRetired
            runtime.isRetired = false
            if wasRetired, rule.repeats, !rule.isFinal, case .finished = runtime.state {
                // Its round came to its end while it was away; now there is a next one.
                summary.restarted.append(rule.name)
                beginners.append(next.count)
                runtime = RuleRuntime(id: takeRuleID(), rule: rule, at: now, waitingAtLeast: Self.scanInterval)
            } else if runtime.newest == rule {
                summary.unchanged += 1
            } else if runtime.state.isLooking {
                summary.restarted.append(rule.name)
                bequests += Self.bequests(of: runtime)
                beginners.append(next.count)
                runtime = RuleRuntime(id: takeRuleID(), rule: rule, at: now)
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
                bequests += Self.bequests(of: runtime)
            } else {
                var retired = runtime
                retired.isRetired = true
                retired.successor = nil
                next.append(retired)
                if !runtime.isRetired { summary.retired.append(runtime.rule.name) }
            }
        }
        rules = next
        effects.append(.log(LogRecord(.configReloaded).with { $0.note = summary.text }))
        handDown(bequests, to: beginners, &effects)
        scan.isWanted = true
    }

    private mutating func takeRuleID() -> RuleID {
        defer { nextRuleNumber += 1 }
        return RuleID(nextRuleNumber)
    }

    private static func bequests(of runtime: RuleRuntime) -> [Bequest] {
        runtime.targets.enumerated().map { index, target in
            Bequest(
                ruleName: runtime.rule.name, former: TargetID(rule: runtime.id, index: index),
                selector: runtime.rule.targets[index], target: target)
        }
    }

    /// Gives each target of the rules that begin what was known of one with the same selector, once, and lets go of the rest.
    private mutating func handDown(_ bequests: [Bequest], to beginners: [Int], _ effects: inout [Effect]) {
        var left = bequests
        var heirs: Set<TargetID> = []
        // Its own former version first: two rules may have exchanged their names.
        for prefersOwn in [true, false] {
            for index in beginners {
                for target in rules[index].targets.indices {
                    let heir = TargetID(rule: rules[index].id, index: target)
                    let rule = rules[index].rule
                    let place = left.firstIndex { bequest in
                        bequest.selector == rule.targets[target] && (!prefersOwn || bequest.ruleName == rule.name)
                    }
                    guard !heirs.contains(heir), let place else { continue }
                    heirs.insert(heir)
                    take(left.remove(at: place), index, target, &effects)
                }
            }
        }
        for bequest in left {
            for (process, _) in bequest.target.sortedMembers { stopWatching(process, for: bequest.former, &effects) }
        }
    }

    private mutating func take(_ bequest: Bequest, _ index: Int, _ target: Int, _ effects: inout [Effect]) {
        rules[index].targets[target] = bequest.target.carriedOver()
        let heir = TargetID(rule: rules[index].id, index: target)
        for (process, member) in bequest.target.sortedMembers {
            stopWatching(process, for: bequest.former, insteadFor: heir, &effects)
            effects.append(
                .log(
                    record(.targetFound, index).with {
                        $0.target = target
                        $0.pid = process.pid
                        $0.processName = member.name
                        $0.note = "watched since before the reload"
                    }))
        }
    }
}
