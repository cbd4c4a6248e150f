internal import ConfigModel
internal import SupervisorCore

extension Account {
    mutating func scanned(_ result: ScanResult, at now: Instant) {
        guard looks.isPending else { return }
        looks.isPending = false
        looks.failures = 0
        for rule in rules.indices where rules[rule].isLooking {
            for target in rules[rule].targets.indices where rules[rule].targets[target].phase != .givenUp {
                let seen = result.sightings[TargetID(rule: rules[rule].id, index: target)] ?? []
                takeDown(seen, rule, target)
            }
        }
        conclude(isBlind: false, at: now)
    }

    private mutating func takeDown(_ seen: [Sighting], _ rule: Int, _ target: Int) {
        let known = rules[rule].targets[target].members
        // A look says nothing of a process whose end was told after it was asked for.
        let new = seen.filter { known[$0.process] == nil && (gone[$0.process] ?? -1) <= looks.requestEvent }
        guard !new.isEmpty else { return }
        let mistakes = new.compactMap { rules[rule].targets[target].doubtfulEnd(of: $0.process) }
        if mistakes.isEmpty {
            // After a confirmed end another life begins.
            if rules[rule].targets[target].phase == .ended { rules[rule].targets[target].ends = [] }
        } else {
            rules[rule].targets[target].ends.removeAll { end in
                mistakes.contains { $0.process == end.process && $0.event == end.event }
            }
        }
        let pids = Set(known.keys.map(\.pid)).union(seen.map(\.process.pid))
        for sighting in new {
            let counted = mistakes.first { $0.process == sighting.process }?.counts
            rules[rule].targets[target].members[sighting.process] = counted ?? !pids.contains(sighting.parentPID)
            tell(.found(target: target, pid: sighting.process.pid), rule)
        }
        rules[rule].targets[target].phase = .present
        rules[rule].targets[target].isGuess = false
    }

    mutating func scanFailed(at now: Instant) {
        guard looks.isPending else { return }
        looks.isPending = false
        looks.failures += 1
        if looks.failures == 1 || looks.failures % 120 == 0 { tell(.told(.scanFailed)) }
        if looks.failures >= 10 { conclude(isBlind: true, at: now) }
    }

    mutating func exited(_ process: ProcessIdentity, _ status: ExitStatus) {
        var isKnown = false
        // The numbers of rules grow with their age, and the log tells of the eldest first.
        for rule in rules.indices.sorted(by: { rules[$0].id < rules[$1].id }) where rules[rule].isLooking {
            for target in rules[rule].targets.indices {
                guard let counts = rules[rule].targets[target].members.removeValue(forKey: process) else { continue }
                isKnown = true
                rules[rule].targets[target].ends.append(
                    TargetAccount.End(process: process, event: event, status: status, counts: counts))
                if rules[rule].targets[target].members.isEmpty {
                    rules[rule].targets[target].obscureSince = event
                    looks.isOwed = true
                }
                switch status {
                case .exited(let code):
                    tell(.exited(target: target, pid: process.pid, exitCode: code, signal: nil), rule)
                case .signalled(let signal):
                    let name = Signal(number: signal).description
                    tell(.exited(target: target, pid: process.pid, exitCode: nil, signal: name), rule)
                case .unknown: tell(.exited(target: target, pid: process.pid, exitCode: nil, signal: nil), rule)
                }
            }
        }
        if isKnown { gone[process] = event }
    }

    /// Draws the conclusions of a look, or of ten in a row that have failed.
    private mutating func conclude(isBlind: Bool, at now: Instant) {
        for rule in rules.indices where ending == nil && rules[rule].isLooking {
            let isOverdue = rules[rule].startDeadline.map { $0 <= looks.requestedAt } ?? false
            for target in rules[rule].targets.indices {
                var account = rules[rule].targets[target]
                guard account.obscureSince <= looks.requestEvent else { continue }
                if !isBlind { account.lastLook = looks.requestEvent }
                switch account.phase {
                case .unseen where isOverdue:
                    account.phase = .givenUp
                    account.isGuess = isBlind
                case .present where account.members.isEmpty, .ended:
                    account.phase = .ended
                    account.isGuess = isBlind
                case .unseen, .present, .givenUp: break
                }
                rules[rule].targets[target] = account
            }
            moveOn(rule, at: now)
        }
    }

    private mutating func moveOn(_ rule: Int, at now: Instant) {
        let hasEnded = rules[rule].hasEnded(asOf: looks.requestEvent)
        if rules[rule].state == .waiting {
            if rules[rule].targets.allSatisfy({ $0.phase == .givenUp }) {
                return fire(rule, as: .notStarted, skips: rules[rule].rule.onStartTimeout == .skip, at: now)
            }
            guard rules[rule].isSeen else { return }
            rules[rule].state = .watching
            tell(.entered(.ruleWatching), rule)
        }
        if rules[rule].state == .grace {
            if !hasEnded {
                rules[rule].state = .watching
                rules[rule].graceEnd = nil
                tell(.entered(.ruleResumed), rule)
            } else if let end = rules[rule].graceEnd, end <= looks.requestedAt {
                fire(rule, as: rules[rule].targetsOutcome, at: now)
            }
        } else if rules[rule].state == .watching, hasEnded {
            if rules[rule].rule.gracePeriod > .zero {
                rules[rule].state = .grace
                rules[rule].graceEnd = now + rules[rule].rule.gracePeriod
                tell(.entered(.ruleGrace), rule)
            } else {
                fire(rule, as: rules[rule].targetsOutcome, at: now)
            }
        }
    }
}
