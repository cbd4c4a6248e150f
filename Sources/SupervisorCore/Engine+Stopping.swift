internal import ConfigModel

extension Engine {
    mutating func stopRequested(_ request: Event.StopRequest, at now: Instant, _ effects: inout [Effect]) {
        let signal: Int32 =
            switch request {
            case .terminate: 15
            case .interrupt: 2
            }
        effects.append(
            .log(LogRecord(.signalReceived).with { $0.signal = Signal(number: signal).description }))
        switch (request, termination) {
        case (.interrupt, _), (.terminate, .draining), (.terminate, .finishing):
            conclude(.signal(signal), exitCode: 128 + signal, &effects)
        case (.terminate, .none):
            switch plan.onTerminate {
            case .drain where plan.terminationTimeout > .zero:
                termination = .draining(until: now + plan.terminationTimeout)
            case .drain, .run:
                termination = .finishing
                fireAll(as: .terminated, at: now, &effects)
            case .exit: exitWithoutActing(after: signal, &effects)
            }
        }
    }

    /// Nothing that rules wait for will come; where that is for a stop request, it is the first one.
    mutating func abandoned(as outcome: Outcome, at now: Instant, _ effects: inout [Effect]) {
        if outcome == .terminated {
            if plan.onTerminate == .exit { return exitWithoutActing(after: 15, &effects) }
            termination = .finishing
        }
        fireAll(as: outcome, at: now, &effects)
    }

    private mutating func exitWithoutActing(after signal: Int32, _ effects: inout [Effect]) {
        let codes = rules.map { rule in
            guard case .finished(let finish) = rule.state else { return rule.rule.exitCodes.terminated }
            return finish.exitCode
        }
        conclude(.signal(signal), exitCode: codes.first { $0 != 0 } ?? 0, &effects)
    }

    /// Runs what has not run, since Knell may not, or need not, wait any longer.
    mutating func fireAll(as outcome: Outcome, at now: Instant, _ effects: inout [Effect]) {
        for index in rules.indices where verdict == nil && rules[index].state.isLooking {
            let skips = outcome == .notStarted && rules[index].rule.onStartTimeout == .skip
            fire(index, as: outcome, skipping: skips ? Self.startTimeoutSkips : nil, at: now, &effects)
        }
    }

    /// Ends the run once every rule is finished, with the first code that is not 0, in the order of the file.
    mutating func concludeIfFinished(_ effects: inout [Effect]) {
        guard verdict == nil else { return }
        var codes: [Int32] = []
        for rule in rules {
            guard case .finished(let finish) = rule.state else { return }
            codes.append(finish.exitCode)
        }
        conclude(.finished, exitCode: codes.first { $0 != 0 } ?? 0, &effects)
    }

    /// Ends the run now: running attempts are cancelled, and what was not done is said.
    mutating func conclude(_ reason: Verdict.Reason, exitCode: Int32, _ effects: inout [Effect]) {
        guard verdict == nil else { return }
        var verdicts: [Verdict.RuleVerdict] = []
        for index in rules.indices {
            abandon(index, reason, &effects)
            verdicts.append(ruleVerdict(index))
        }
        verdict = Verdict(exitCode: exitCode, reason: reason, rules: verdicts)
        effects.append(
            .log(
                LogRecord(.runFinished, level: exitCode == 0 ? .info : .error).with {
                    $0.exitCode = exitCode
                    $0.note = reason.text
                }))
    }

    private mutating func abandon(_ index: Int, _ reason: Verdict.Reason, _ effects: inout [Effect]) {
        switch rules[index].state {
        case .waiting, .watching, .grace: unwatchAll(index, &effects)
        case .finished: break
        case .acting(let acting):
            switch acting.step {
            case .attempting(let id, _): effects.append(.cancel(id))
            case .awaitingGone:
                effects.append(.stopAwaitingGone(ActionID(rule: rules[index].id, index: acting.index)))
            case .between, .cancelling, .backingOff, .sleeping: break
            }
        }
        for label in notDone(index) {
            effects.append(
                .log(
                    record(.actionSkipped, index, level: .warning).with {
                        $0.action = label
                        $0.note = "not done: \(reason.text)"
                    }))
        }
    }

    /// The labels of a rule's actions that have not come to an end.
    private func notDone(_ index: Int) -> [String] {
        let labels = rules[index].rule.actions.map(\.label)
        switch rules[index].state {
        case .waiting, .watching, .grace: return labels
        case .acting(let acting): return Array(labels.dropFirst(acting.index))
        case .finished: return []
        }
    }

    private func ruleVerdict(_ index: Int) -> Verdict.RuleVerdict {
        let name = rules[index].rule.name
        let open = notDone(index)
        func verdict(_ outcome: Outcome?, _ failures: [ActionFailure], exitCode: Int32? = nil) -> Verdict.RuleVerdict {
            Verdict.RuleVerdict(
                name: name, state: rules[index].state.kind, outcome: outcome, exitCode: exitCode, failures: failures,
                notDone: open)
        }
        switch rules[index].state {
        case .waiting, .watching, .grace: return verdict(nil, [])
        case .acting(let acting): return verdict(acting.outcome, acting.failures)
        case .finished(let finish): return verdict(finish.outcome, finish.failures, exitCode: finish.exitCode)
        }
    }
}
