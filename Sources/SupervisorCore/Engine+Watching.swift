internal import ConfigModel

/// The engine's dealings with the process table.
struct ScanState: Hashable, Sendable {
    /// A scan was asked for and has not been answered.
    var isPending = false
    /// When the pending or last scan was asked for: what ended or passed before that is settled by its answer.
    var requestedAt = Instant(nanoseconds: .min)
    /// When the next scan is due while some target has no live process.
    var next: Instant?
    /// Something has happened of which only a scan that begins now or later can tell what it means.
    var isWanted = false
    /// The processes that ended while the scan was under way: its answer may still show them alive.
    var endedMeanwhile: Set<ProcessIdentity> = []
    /// Failures in a row.
    var failures = 0
}

extension Engine {
    /// Asks for a scan where one is wanted; while one is under way, the wish waits for its answer.
    mutating func scanIfWanted(at now: Instant, _ effects: inout [Effect]) {
        guard hasStarted, scan.isWanted, !scan.isPending, verdict == nil else { return }
        scan.isWanted = false
        // A failed scan is not repeated before its time: every state that wants one has the timer as well, and ten
        // failures in a row are to take seconds, not one burst of exits.
        if scan.failures > 0, let next = scan.next, now < next { return }
        var queries: [TargetQuery] = []
        for index in rules.indices where rules[index].state.isLooking {
            for target in rules[index].targets.indices where rules[index].targets[target].phase != .givenUp {
                rules[index].targets[target].cover()
                let id = TargetID(rule: rules[index].id, index: target)
                queries.append(TargetQuery(target: id, selector: rules[index].rule.targets[target]))
            }
        }
        guard !queries.isEmpty else { return }
        scan.isPending = true
        scan.endedMeanwhile = []
        scan.requestedAt = now
        scan.next = now + Self.scanInterval
        effects.append(.scan(queries))
    }

    mutating func scanned(_ result: ScanResult, at now: Instant, _ effects: inout [Effect]) {
        // An answer to no question would be the shell's fault; it must not pass for a fresh look.
        guard scan.isPending else { return }
        scan.isPending = false
        scan.failures = 0
        for index in rules.indices where rules[index].state.isLooking { latch(result, index, &effects) }
        settle(isBlind: false, at: now, &effects)
    }

    mutating func scanFailed(_ reason: String, at now: Instant, _ effects: inout [Effect]) {
        guard scan.isPending else { return }  // as above
        scan.isPending = false
        scan.failures += 1
        if scan.failures == 1 || scan.failures % 120 == 0 {
            effects.append(.log(LogRecord(.scanFailed, level: .error).with { $0.error = reason }))
        }
        if scan.failures >= Self.scanFailureLimit { settle(isBlind: true, at: now, &effects) }
    }

    /// Takes the matches of one rule's targets in, each until it ends.
    private mutating func latch(_ result: ScanResult, _ index: Int, _ effects: inout [Effect]) {
        for target in rules[index].targets.indices {
            let id = TargetID(rule: rules[index].id, index: target)
            guard let all = result.sightings[id], rules[index].targets[target].phase != .givenUp else { continue }
            let known = rules[index].targets[target].members
            let sightings = all.filter { known[$0.process] == nil && !scan.endedMeanwhile.contains($0.process) }
            guard !sightings.isEmpty else { continue }
            var returned: [ProcessIdentity: TargetState.Member] = [:]
            for sighting in sightings {
                returned[sighting.process] = rules[index].targets[target].takeBackEnd(of: sighting.process)
            }
            // One whose end was reported by mistake has lived all along, so the life that it belongs to goes on.
            if returned.isEmpty { rules[index].targets[target].forgetFormerLife() }
            // A parent that has ended since it was seen was a match all the same.
            let matchedPIDs = Set(known.keys.map(\.pid)).union(all.map(\.process.pid))
            for sighting in sightings {
                let member = TargetState.Member(
                    name: sighting.name,
                    isCounted: returned[sighting.process]?.isCounted ?? !matchedPIDs.contains(sighting.parentPID))
                rules[index].targets[target].insert(sighting.process, member)
                effects.append(
                    .log(
                        record(.targetFound, index).with {
                            $0.target = target
                            $0.pid = sighting.process.pid
                            $0.processName = sighting.name
                            if returned[sighting.process] != nil {
                                $0.note = "it lives, though its end was reported"
                            }
                        }))
                if watchers[sighting.process, default: []].isEmpty { effects.append(.watch(sighting.process)) }
                watchers[sighting.process, default: []].insert(id)
            }
        }
    }

    mutating func exited(_ process: ProcessIdentity, _ report: ExitReport, _ effects: inout [Effect]) {
        // A race, not a fault: the rules fired and stopped watching while the end was on its way.
        guard let targets = watchers.removeValue(forKey: process) else { return }
        exitOrder += 1
        if scan.isPending { scan.endedMeanwhile.insert(process) }
        for id in targets.sorted(by: { ($0.rule, $0.index) < ($1.rule, $1.index) }) {
            guard let index = index(of: id.rule),
                let member = rules[index].targets[id.index].remove(process, status: report.status, order: exitOrder)
            else { continue }
            effects.append(
                .log(
                    record(.targetExited, index).with {
                        $0.target = id.index
                        $0.pid = process.pid
                        $0.processName = member.name
                        $0.source = report.source.rawValue
                        switch report.status {
                        case .exited(let code): $0.exitCode = code
                        case .signalled(let signal): $0.signal = Signal(number: signal).description
                        case .unknown: break
                        }
                    }))
            if rules[index].targets[id.index].members.isEmpty { scan.isWanted = true }
        }
    }

    /// Moves every rule on by what the last scan has shown, or by what it would have shown were it not for its failure.
    private mutating func settle(isBlind: Bool, at now: Instant, _ effects: inout [Effect]) {
        for index in rules.indices where verdict == nil && rules[index].state.isLooking {
            let isOverdue = rules[index].startDeadline.map { $0 <= scan.requestedAt } ?? false
            for target in rules[index].targets.indices {
                rules[index].targets[target].settle(
                    isOverdue: isOverdue, isBlind: isBlind, endedMeanwhile: scan.endedMeanwhile)
            }
            advance(index, at: now, &effects)
        }
    }

    private mutating func advance(_ index: Int, at now: Instant, _ effects: inout [Effect]) {
        switch rules[index].state {
        case .waiting:
            if rules[index].targets.allSatisfy({ $0.phase == .givenUp }) {
                let skips = rules[index].rule.onStartTimeout == .skip
                fire(index, as: .notStarted, skipping: skips ? Self.startTimeoutSkips : nil, at: now, &effects)
            } else if rules[index].isSeen {
                rules[index].state = .watching
                effects.append(.log(record(.ruleWatching, index)))
                advance(index, at: now, &effects)
            }
        case .watching:
            guard rules[index].hasEnded else { return }
            let grace = rules[index].rule.gracePeriod
            guard grace > .zero else { return fire(index, as: rules[index].targetOutcome, at: now, &effects) }
            rules[index].state = .grace(until: now + grace)
            effects.append(.log(record(.ruleGrace, index).with { $0.duration = grace }))
        case .grace(let until):
            if !rules[index].hasEnded {
                rules[index].state = .watching
                effects.append(.log(record(.ruleResumed, index)))
            } else if until <= scan.requestedAt {
                fire(index, as: rules[index].targetOutcome, at: now, &effects)
            }
        case .acting, .finished: break  // only rules that look for processes are moved on by a scan
        }
    }

    /// Stops waiting for the processes of a rule.
    mutating func unwatchAll(_ index: Int, _ effects: inout [Effect]) {
        for target in rules[index].targets.indices {
            let id = TargetID(rule: rules[index].id, index: target)
            for (process, _) in rules[index].targets[target].sortedMembers {
                stopWatching(process, for: id, &effects)
            }
        }
    }

    /// Ends the interest of one target in a process, or hands it over to another target.
    mutating func stopWatching(
        _ process: ProcessIdentity, for target: TargetID, insteadFor heir: TargetID? = nil, _ effects: inout [Effect]
    ) {
        watchers[process]?.remove(target)
        if let heir { watchers[process]?.insert(heir) }
        if watchers[process]?.isEmpty == true {
            watchers[process] = nil
            effects.append(.unwatch(process))
        }
    }
}
