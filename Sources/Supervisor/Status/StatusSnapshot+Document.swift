internal import ConfigModel
internal import Presentation
internal import SupervisorCore

extension StatusSnapshot {
    /// The most processes of one target that are named; `alive` counts them all.
    static let namedProcesses = 16

    /// The page `/status`; docs/status.md lists its keys.
    var document: JSONValue {
        var object = JSONObject()
        object.add("version", identity.version)
        object.add(
            "startedAt",
            Timestamp.text(seconds: identity.startedAt / 1_000, milliseconds: identity.startedAt % 1_000))
        object.add("uptimeMs", uptime.wholeMilliseconds)
        object.add("dryRun", .boolean(identity.isDryRun))
        object.add("plan", plan)
        object.add("termination", termination)
        object.add("command", command.map { Self.object(of: $0) })
        object.add("lastReload", tally.lastReload.map { Self.object(of: $0) })
        object.add("rules", run.rules.map { self.object(of: $0) })
        return .object(object)
    }

    private var plan: JSONObject {
        var object = JSONObject()
        object.add("onTerminate", run.onTerminate.rawValue)
        object.add("terminationTimeout", run.terminationTimeout.configText)
        object.add("rules", run.rules.count)
        return object
    }

    private var termination: JSONObject {
        var object = JSONObject()
        switch run.termination {
        case .none: object.add("state", "none")
        case .draining(let until):
            object.add("state", "draining")
            object.add("remainingMs", max(.zero, until - now).wholeMilliseconds)
        case .finishing: object.add("state", "finishing")
        }
        return object
    }

    private static func object(of command: Command) -> JSONObject {
        var object = JSONObject()
        object.add("state", command.state.rawValue)
        object.add("pid", command.pid)
        switch command.status {
        case .exited(let code)?: object.add("exitCode", code)
        case .signalled(let number)?: object.add("signal", Signal(number: number).description)
        case .unknown?, nil: break
        }
        return object
    }

    private static func object(of reload: Tally.Reload) -> JSONObject {
        var object = JSONObject()
        object.add("result", reload.result.rawValue)
        object.add("time", reload.time)
        object.add("note", reload.note)
        object.add("error", reload.error)
        return object
    }

    private func object(of rule: RuleStatus) -> JSONObject {
        var object = JSONObject()
        object.add("rule", rule.name)
        object.add("state", rule.state.rawValue)
        object.add("since", since(rule))
        object.add("targets", rule.targets.map { Self.object(of: $0) })
        object.add("outcome", rule.outcome?.name)
        if let current = rule.current {
            var action = JSONObject()
            action.add("action", current.label)
            action.add("attempt", current.attempt)
            action.add("step", current.step.rawValue)
            object.add("current", action)
        }
        if !rule.failures.isEmpty {
            object.add(
                "failed",
                rule.failures.map { failure in
                    var entry = JSONObject()
                    entry.add("action", failure.action)
                    entry.add("error", failure.reason)
                    return entry
                })
        }
        object.add("exitCode", rule.exitCode)
        return object
    }

    /// When the rule came into its state; `nil` where the log has not told, as of the first waiting.
    private func since(_ rule: RuleStatus) -> String? {
        guard let change = tally.rules[rule.name]?.lastChange else { return nil }
        // A rule that repeats waits again from its end on, unless a reload is why it waits.
        let waitsAgain = change.state == .finished && rule.state == .waiting && !change.precedesReload
        return change.state == rule.state || waitsAgain ? change.time : nil
    }

    private static func object(of target: TargetStatus) -> JSONObject {
        var object = JSONObject()
        object.add("phase", target.phase.rawValue)
        object.add("alive", target.processes.count)
        object.add(
            "processes",
            target.processes.prefix(namedProcesses).map { process in
                var entry = JSONObject()
                entry.add("pid", process.pid)
                entry.add("name", process.name)
                return entry
            })
        return object
    }
}
