internal import ConfigModel
internal import SupervisorCore

extension Account {
    // MARK: Stopping

    mutating func stopRequested(_ request: Event.StopRequest, at now: Instant) {
        tell(.signal(request == .interrupt ? "SIGINT" : "SIGTERM"))
        if request == .interrupt { return end(.signal(2), exitCode: 130) }
        guard stop == .none else { return end(.signal(15), exitCode: 143) }
        switch plan.onTerminate {
        case .drain where plan.terminationTimeout > .zero: stop = .draining(until: now + plan.terminationTimeout)
        case .drain, .run:
            stop = .finishing
            fireAll(as: .terminated, at: now)
        case .exit: exitAtOnce()
        }
    }

    mutating func abandoned(as outcome: Outcome, at now: Instant) {
        if outcome == .terminated {
            if plan.onTerminate == .exit { return exitAtOnce() }
            stop = .finishing
        }
        fireAll(as: outcome, at: now)
    }

    private mutating func exitAtOnce() {
        let codes = rules.map { $0.state == .finished ? $0.exitCode ?? 0 : $0.rule.exitCodes.terminated }
        end(.signal(15), exitCode: codes.first { $0 != 0 } ?? 0)
    }

    /// The run is over: what is under way is ended, and what is not done is told.
    mutating func end(_ reason: Verdict.Reason, exitCode: Int32) {
        guard ending == nil else { return }
        ending = Ending(reason: reason, exitCode: exitCode)
        for rule in rules.indices {
            if rules[rule].state == .acting {
                switch rules[rule].step {
                case .attempting: tell(.cancel(rules[rule].action), rule)
                case .awaitingGone: tell(.stopAwaitingGone(rules[rule].action), rule)
                case .cancelling, .backingOff, .sleeping, nil: break
                }
            }
            for label in rules[rule].notDone { tell(.notDone(label), rule) }
        }
        tell(.runFinished(exitCode: exitCode))
    }

    // MARK: Reloading

    /// A target of a rule that ends before it has fired.
    private struct Legacy {
        let ruleName: String
        let selector: ProcessSelector
        let target: TargetAccount
    }

    mutating func reloaded(_ newPlan: Plan, at now: Instant) {
        guard stop != .finishing else { return tell(.told(.configRejected)) }
        plan = newPlan
        tell(.told(.configReloaded))
        var next: [RuleAccount] = []
        var beginners: Set<Int> = []
        var legacies: [Legacy] = []
        for rule in newPlan.rules {
            guard let former = rules.first(where: { $0.name == rule.name }) else {
                beginners.insert(next.count)
                next.append(begin(rule, at: now))
                continue
            }
            if former.isRetired, former.state == .finished, rule.repeats, !rule.isFinal {
                beginners.insert(next.count)
                next.append(begin(rule, at: now, isFurtherRound: true))
            } else if former.newest != rule, former.isLooking {
                legacies += legaciesOf(former)
                beginners.insert(next.count)
                next.append(begin(rule, at: now))
            } else {
                var same = former
                same.isRetired = false
                same.newest = rule
                next.append(same)
            }
        }
        for former in rules where !newPlan.rules.contains(where: { $0.name == former.name }) {
            if former.isLooking {
                legacies += legaciesOf(former)
            } else {
                var retired = former
                retired.isRetired = true
                retired.newest = former.rule
                next.append(retired)
            }
        }
        rules = next
        handDown(legacies, to: beginners.sorted())
        looks.isOwed = true
    }

    private mutating func begin(_ rule: Rule, at now: Instant, isFurtherRound: Bool = false) -> RuleAccount {
        defer { nextRule += 1 }
        return RuleAccount(RuleID(nextRule), rule, at: now, event: event, isFurtherRound: isFurtherRound)
    }

    private func legaciesOf(_ rule: RuleAccount) -> [Legacy] {
        rule.targets.indices.map { index in
            Legacy(ruleName: rule.name, selector: rule.rule.targets[index], target: rule.targets[index])
        }
    }

    /// A target takes over what was known of one with its selector: of its rule's own former version, else of another.
    private mutating func handDown(_ legacies: [Legacy], to beginners: [Int]) {
        var left = legacies
        var served: Set<TargetID> = []
        for isOwn in [true, false] {
            for rule in beginners {
                for target in rules[rule].targets.indices {
                    let id = TargetID(rule: rules[rule].id, index: target)
                    let place = left.firstIndex {
                        $0.selector == rules[rule].rule.targets[target] && ($0.ruleName == rules[rule].name || !isOwn)
                    }
                    guard let place, served.insert(id).inserted else { continue }
                    var taken = left.remove(at: place).target
                    taken.obscureSince = event
                    if taken.phase == .givenUp { taken.phase = .unseen }
                    rules[rule].targets[target] = taken
                    // Members are told in the order of their pids.
                    for process in taken.members.keys.sorted(by: { ($0.pid, $0.startTicks) < ($1.pid, $1.startTicks) })
                    {
                        tell(.found(target: target, pid: process.pid), rule)
                    }
                }
            }
        }
    }
}
