internal import ConfigModel

extension Engine {
    private static let unconfirmedEnd = ActionFailure(
        action: "watch", reason: "the process table could not be read, so the end was taken for granted")

    /// Why no action of a rule runs whose targets never came.
    static let startTimeoutSkips = "onStartTimeout is skip"

    /// Ends the watching of a rule and begins its actions.
    mutating func fire(
        _ index: Int, as outcome: Outcome, skipping skipReason: String? = nil, at now: Instant,
        _ effects: inout [Effect]
    ) {
        unwatchAll(index, &effects)
        // After a stop request nothing needs to be known of the targets.
        let unconfirmed = outcome != .terminated && rules[index].isUnconfirmed ? Self.unconfirmedEnd : nil
        effects.append(
            .log(
                record(.ruleFired, index, level: unconfirmed == nil ? .info : .error).with {
                    $0.outcome = outcome.name
                    $0.error = unconfirmed?.reason
                }))
        let acting = Acting(
            outcome: outcome, targetCode: rules[index].targetCode, skipReason: skipReason, startedAt: now,
            failures: unconfirmed.map { [$0] } ?? [])
        rules[index].state = .acting(acting)
        beginNextAction(index, acting, at: now, &effects)
    }

    /// Begins the action at `acting.index`, or the next one that runs, or finishes the rule.
    private mutating func beginNextAction(
        _ index: Int, _ acting: Acting, at now: Instant, _ effects: inout [Effect]
    ) {
        var acting = acting
        let actions = rules[index].rule.actions
        while acting.index < actions.count {
            let action = actions[acting.index]
            let reason =
                acting.skipReason
                ?? (action.runsWhen.contains(acting.outcome) ? nil : "the outcome is \(acting.outcome.name)")
            guard let reason else {
                acting.startedAt = now
                acting.attempt = 0
                return begin(action, index, acting, at: now, &effects)
            }
            effects.append(
                .log(
                    record(.actionSkipped, index).with {
                        $0.action = action.label
                        $0.note = reason
                    }))
            acting.index += 1
        }
        finish(index, acting, at: now, &effects)
    }

    private mutating func begin(
        _ action: Action, _ index: Int, _ acting: Acting, at now: Instant, _ effects: inout [Effect]
    ) {
        var acting = acting
        effects.append(
            .log(
                record(.actionStarted, index).with {
                    $0.action = action.label
                    $0.attempt = 1
                }))
        switch action.kind {
        case .sleep(let duration):
            acting.attempt = 1
            acting.step = .sleeping(until: now + duration)
            rules[index].state = .acting(acting)
        case .http, .signal, .touch, .exec: attempt(action, index, acting, at: now, &effects)
        }
    }

    private mutating func attempt(
        _ action: Action, _ index: Int, _ acting: Acting, at now: Instant, _ effects: inout [Effect]
    ) {
        var acting = acting
        lastSerial += 1
        let id = AttemptID(action: ActionID(rule: rules[index].id, index: acting.index), serial: lastSerial)
        acting.attempt += 1
        acting.step = .attempting(id, deadline: now + action.timeout)
        rules[index].state = .acting(acting)
        effects.append(.start(id, action))
    }

    mutating func attemptFinished(
        _ id: AttemptID, _ result: AttemptResult, at now: Instant, _ effects: inout [Effect]
    ) {
        // Results that nobody waits for are a race: the rule gave the attempt up, or a final rule ended the run.
        guard let index = index(of: id.action.rule), case .acting(var acting) = rules[index].state else { return }
        switch acting.step {
        case .attempting(id, _), .cancelling(id, _): break
        case .attempting, .cancelling, .between, .backingOff, .sleeping, .awaitingGone: return
        }
        let action = rules[index].rule.actions[acting.index]
        let isLast = acting.attempt >= action.retry.attempts
        switch action.judge(result, isLastAttempt: isLast) {
        case .succeeded(let note):
            if let condition = action.thenGone {
                acting.step = .awaitingGone(
                    deadline: now + condition.within, note: note, status: result.httpStatus)
                rules[index].state = .acting(acting)
                effects.append(.awaitGone(id.action, condition.process))
            } else {
                succeed(action, index, acting, status: result.httpStatus, note: note, at: now, &effects)
            }
        case .failed(let reason, isTransient: true) where !isLast:
            effects.append(
                .log(
                    record(.actionRetried, index, level: .warning).with {
                        $0.action = action.label
                        $0.attempt = acting.attempt
                        $0.status = result.httpStatus
                        $0.error = reason
                    }))
            let pause = action.retry.pause(afterAttempt: acting.attempt, using: &generator)
            acting.step = .backingOff(until: now + pause)
            rules[index].state = .acting(acting)
        case .failed(let reason, _):
            fail(action, index, acting, status: result.httpStatus, reason: reason, at: now, &effects)
        }
    }

    mutating func processesGone(_ id: ActionID, at now: Instant, _ effects: inout [Effect]) {
        // The wait may have been given up a moment before.
        guard let index = index(of: id.rule), case .acting(let acting) = rules[index].state, acting.index == id.index,
            case .awaitingGone(_, let note, let status) = acting.step
        else { return }
        succeed(rules[index].rule.actions[acting.index], index, acting, status: status, note: note, at: now, &effects)
    }

    /// Moves the current action on when its time has come.
    mutating func stepDeadlineReached(_ index: Int, at now: Instant, _ effects: inout [Effect]) {
        guard case .acting(var acting) = rules[index].state else { return }
        let action = rules[index].rule.actions[acting.index]
        switch acting.step {
        case .between: break  // no deadline; every other step replaces it within one event
        case .attempting(let id, _):
            acting.step = .cancelling(id, deadline: now + Self.cancellationLimit)
            rules[index].state = .acting(acting)
            effects.append(.cancel(id))
        case .cancelling(let id, _): attemptFinished(id, .timedOut, at: now, &effects)
        case .backingOff: attempt(action, index, acting, at: now, &effects)
        case .sleeping: succeed(action, index, acting, status: nil, note: nil, at: now, &effects)
        case .awaitingGone:
            effects.append(.stopAwaitingGone(ActionID(rule: rules[index].id, index: acting.index)))
            let within = action.thenGone?.within.configText ?? ""
            let reason = "processes are still there after \(within)"
            fail(action, index, acting, status: nil, reason: reason, at: now, &effects)
        }
    }

    private mutating func succeed(
        _ action: Action, _ index: Int, _ acting: Acting, status: Int?, note: String?, at now: Instant,
        _ effects: inout [Effect]
    ) {
        effects.append(
            .log(
                record(.actionSucceeded, index).with {
                    $0.action = action.label
                    $0.attempt = acting.attempt
                    $0.status = status
                    $0.note = note
                    $0.duration = now - acting.startedAt
                }))
        goOn(index, acting, at: now, &effects)
    }

    private mutating func fail(
        _ action: Action, _ index: Int, _ acting: Acting, status: Int?, reason: String, at now: Instant,
        _ effects: inout [Effect]
    ) {
        var acting = acting
        let isIgnored = action.onFailure == .ignore
        effects.append(
            .log(
                record(.actionFailed, index, level: isIgnored ? .warning : .error).with {
                    $0.action = action.label
                    $0.attempt = acting.attempt
                    $0.status = status
                    $0.error = reason
                    $0.duration = now - acting.startedAt
                }))
        switch action.onFailure {
        case .ignore: break
        case .continue: acting.failures.append(ActionFailure(action: action.label, reason: reason))
        case .stop:
            acting.failures.append(ActionFailure(action: action.label, reason: reason))
            acting.skipReason = "\(action.label) failed, and its onFailure is stop"
        }
        goOn(index, acting, at: now, &effects)
    }

    private mutating func goOn(_ index: Int, _ acting: Acting, at now: Instant, _ effects: inout [Effect]) {
        var acting = acting
        acting.index += 1
        acting.step = .between
        beginNextAction(index, acting, at: now, &effects)
    }

    private mutating func finish(_ index: Int, _ acting: Acting, at now: Instant, _ effects: inout [Effect]) {
        // Of the version that has run; the next round may be another's.
        let rule = rules[index].rule
        let code = rules[index].exitCode(after: acting)
        let level: LogRecord.Level = acting.failures.isEmpty ? .info : .error
        effects.append(
            .log(
                record(.ruleFinished, index, level: level).with {
                    $0.outcome = acting.outcome.name
                    $0.exitCode = code
                }))
        if rule.repeats, !rule.isFinal, !rules[index].isRetired, termination == .none {
            // However short the start timeout is, rounds in which nothing is seen are an interval apart.
            rules[index] = RuleRuntime(
                id: rules[index].id, rule: rules[index].newest, at: now, waitingAtLeast: Self.scanInterval)
            scan.isWanted = true
        } else {
            rules[index].state = .finished(
                Finish(outcome: acting.outcome, exitCode: code, failures: acting.failures))
        }
        if rule.isFinal { conclude(.finalRule(rule.name), exitCode: code, &effects) }
    }
}

extension AttemptResult {
    /// The status of an answer.
    fileprivate var httpStatus: Int? {
        if case .answered(let status) = self { status } else { nil }
    }
}
