internal import ConfigModel
internal import SupervisorCore

extension Account {
    mutating func fire(_ rule: Int, as outcome: Outcome, skips: Bool = false, at now: Instant) {
        let isGuess = outcome != .terminated && rules[rule].targets.contains(where: \.isGuess)
        rules[rule].targetCode = rules[rule].firstFailure
        rules[rule].state = .acting
        rules[rule].outcome = outcome
        rules[rule].skipsRest = skips
        rules[rule].failures = isGuess ? ["watch"] : []
        rules[rule].graceEnd = nil
        tell(.fired(outcome: outcome.name, isGuess: isGuess), rule)
        nextAction(rule, at: now)
    }

    mutating func fireAll(as outcome: Outcome, at now: Instant) {
        for rule in rules.indices where ending == nil && rules[rule].isLooking {
            fire(
                rule, as: outcome, skips: outcome == .notStarted && rules[rule].rule.onStartTimeout == .skip, at: now)
        }
    }

    /// Begins the action that is the current one, passing over those that are not due.
    private mutating func nextAction(_ rule: Int, at now: Instant) {
        rules[rule].step = nil
        rules[rule].attemptID = nil
        while rules[rule].action < rules[rule].rule.actions.count {
            let action = rules[rule].rule.actions[rules[rule].action]
            if !rules[rule].skipsRest, action.runsWhen.contains(rules[rule].outcome) {
                rules[rule].attempt = 1
                rules[rule].begun.insert(rules[rule].action)
                tell(.began(rules[rule].label(rules[rule].action)), rule)
                if case .sleep(let time) = action.kind {
                    rules[rule].step = .sleeping(until: now + time)
                } else {
                    beginAttempt(rule, at: now)
                }
                return
            }
            tell(.skipped(rules[rule].label(rules[rule].action)), rule)
            rules[rule].action += 1
        }
        finish(rule, at: now)
    }

    private mutating func beginAttempt(_ rule: Int, at now: Instant) {
        tell(.start(rules[rule].action), rule)
        rules[rule].step = .attempting(until: now + rules[rule].rule.actions[rules[rule].action].timeout)
    }

    mutating func attemptEnded(_ rule: Int, _ result: AttemptResult, at now: Instant) {
        let action = rules[rule].rule.actions[rules[rule].action]
        let attempt = rules[rule].attempt
        let isLast = attempt >= action.retry.attempts
        rules[rule].attemptID = nil
        switch Worth(of: result, for: action, isLast: isLast) {
        case .success:
            if let condition = action.thenGone {
                tell(.awaitGone(rules[rule].action), rule)
                rules[rule].step = .awaitingGone(until: now + condition.within)
            } else {
                actionEnded(rule, isSuccess: true, at: now)
            }
        case .passingFailure where !isLast:
            tell(.retried(rules[rule].label(rules[rule].action), attempt: attempt), rule)
            // Twice as long each time, give or take a fifth, and never longer than maxDelay.
            let longest = action.retry.maxDelay.wholeNanoseconds
            let pause = min(action.retry.delay.wholeNanoseconds << min(attempt - 1, 20), longest)
            rules[rule].step = .backingOff(
                from: now + .nanoseconds(pause - pause / 5), until: now + .nanoseconds(min(pause + pause / 5, longest)))
        case .passingFailure, .failure: actionEnded(rule, isSuccess: false, at: now)
        }
    }

    mutating func actionEnded(_ rule: Int, isSuccess: Bool, at now: Instant) {
        let action = rules[rule].rule.actions[rules[rule].action]
        let attempt = rules[rule].attempt
        let label = rules[rule].label(rules[rule].action)
        tell(isSuccess ? .succeeded(label, attempt: attempt) : .failed(label, attempt: attempt), rule)
        if !isSuccess, action.onFailure != .ignore { rules[rule].failures.append(label) }
        if !isSuccess, action.onFailure == .stop { rules[rule].skipsRest = true }
        rules[rule].action += 1
        nextAction(rule, at: now)
    }

    /// Whether time moves a step on now. Within the bounds of the jitter the engine says so itself.
    func isOver(_ step: RuleAccount.Step, _ rule: Int, at now: Instant) -> Bool {
        if step.due.last <= now { return true }
        guard case .backingOff(let first, _) = step, first <= now else { return false }
        return effects.contains { effect in
            if case .start(let id, _) = effect {
                id.action == ActionID(rule: rules[rule].id, index: rules[rule].action)
            } else {
                false
            }
        }
    }

    mutating func stepOver(_ rule: Int, _ step: RuleAccount.Step, at now: Instant) {
        switch step {
        case .attempting:
            tell(.cancel(rules[rule].action), rule)
            rules[rule].step = .cancelling(until: now + .seconds(2))
        case .cancelling: attemptEnded(rule, .timedOut, at: now)
        case .backingOff:
            rules[rule].attempt += 1
            beginAttempt(rule, at: now)
        case .sleeping: actionEnded(rule, isSuccess: true, at: now)
        case .awaitingGone:
            tell(.stopAwaitingGone(rules[rule].action), rule)
            actionEnded(rule, isSuccess: false, at: now)
        }
    }

    private mutating func finish(_ rule: Int, at now: Instant) {
        let account = rules[rule]
        let code = account.codeNow
        tell(.finished(outcome: account.outcome.name, exitCode: code), rule)
        if account.rule.repeats, !account.rule.isFinal, !account.isRetired, stop == .none {
            rules[rule] = RuleAccount(account.id, account.newest, at: now, event: event, isFurtherRound: true)
            looks.isOwed = true
        } else {
            rules[rule].state = .finished
            rules[rule].exitCode = code
        }
        if account.rule.isFinal { end(.finalRule(account.name), exitCode: code) }
    }
}

/// What an attempt's result is worth, by the documentation.
private enum Worth {
    case success
    /// Another attempt may do better.
    case passingFailure
    case failure

    init(of result: AttemptResult, for action: Action, isLast: Bool) {
        var request: HTTPRequest?
        if case .http(let found) = action.kind { request = found }
        switch result {
        case .done, .simulated, .signalled: self = .success
        case .timedOut, .exited: self = .passingFailure
        case .answered(let status):
            switch status {
            case 200...299: self = .success
            case 408, 429, 500...599: self = .passingFailure
            default: self = .failure
            }
        case .refused: self = isLast && request?.whenRefused == .succeed ? .success : .passingFailure
        case .dropped: self = request?.whenDropped == .succeed ? .success : .passingFailure
        case .failed(_, let isTransient): self = isTransient || request == nil ? .passingFailure : .failure
        }
    }
}
