package import ConfigModel

/// Decides what Knell does: events go in, effects come out.
///
/// A value without a clock, a process table or a socket. Time comes in with every event and leaves as
/// ``nextDeadline``; so a simulation, a dry run and a test run the very code that runs in production.
package struct Engine: Sendable {
    /// How often the process table is read while some target has no live process.
    package static let scanInterval = Duration.milliseconds(500)
    /// After this many failures in a row an end is taken for granted, so that no shutdown is lost to an unreadable /proc.
    static let scanFailureLimit = 10
    /// How long a cancelled attempt may take to report.
    static let cancellationLimit = Duration.seconds(2)

    /// What is to be done, as the newest configuration says it.
    package internal(set) var plan: Plan
    var rules: [RuleRuntime]
    var termination = RunStatus.Termination.none
    var generator: SeededGenerator
    var lastSerial = 0
    /// The number of the next rule that begins; numbers are never used again.
    var nextRuleNumber: Int
    var scan = ScanState()
    /// Before that nothing is looked for: what is to be watched may not be there yet.
    var hasStarted = false
    var exitOrder = 0
    /// Which targets wait for the end of a process.
    var watchers: [ProcessIdentity: Set<TargetID>] = [:]

    /// What the run came to; once it is there, no event has any effect.
    package internal(set) var verdict: Verdict?

    /// An engine that waits for ``Event/started``; `seed` decides the jitter of retries.
    package init(plan: Plan, seed: UInt64, at now: Instant) {
        self.plan = plan
        generator = SeededGenerator(seed: seed)
        rules = plan.rules.enumerated().map { RuleRuntime(id: RuleID($0.offset), rule: $0.element, at: now) }
        nextRuleNumber = rules.count
    }

    /// Takes one event in and says what is to be done, in order.
    package mutating func handle(_ event: Event, at now: Instant) -> [Effect] {
        guard verdict == nil else { return [] }
        var effects: [Effect] = []
        switch event {
        case .started:
            effects.append(.log(LogRecord(.runStarted)))
            hasStarted = true
            scan.isWanted = true
        case .scanned(let result): scanned(result, at: now, &effects)
        case .scanFailed(let reason): scanFailed(reason, at: now, &effects)
        case .exited(let process, let report): exited(process, report, &effects)
        case .attemptFinished(let attempt, let result): attemptFinished(attempt, result, at: now, &effects)
        case .processesGone(let action): processesGone(action, at: now, &effects)
        case .stopRequested(let request): stopRequested(request, at: now, &effects)
        case .abandoned(let outcome): abandoned(as: outcome, at: now, &effects)
        case .reloaded(let plan): reloaded(plan, at: now, &effects)
        case .deadlineReached: deadlineReached(at: now, &effects)
        }
        concludeIfFinished(&effects)
        scanIfWanted(at: now, &effects)
        return effects
    }

    /// When `deadlineReached` is due; `nil` while only events from outside can change anything.
    package var nextDeadline: Instant? {
        guard verdict == nil else { return nil }
        var deadlines: [Instant] = []
        if case .draining(let until) = termination { deadlines.append(until) }
        for rule in rules {
            if case .acting(let acting) = rule.state, let deadline = acting.step.deadline { deadlines.append(deadline) }
            if let due = scanDue(for: rule) { deadlines.append(due) }
        }
        return deadlines.min()
    }

    private mutating func deadlineReached(at now: Instant, _ effects: inout [Effect]) {
        if case .draining(let until) = termination, until <= now {
            termination = .finishing
            fireAll(as: .terminated, at: now, &effects)
        }
        for index in rules.indices {
            // A step may be due as soon as it begins, such as a sleep of no time.
            while verdict == nil, case .acting(let acting) = rules[index].state, let deadline = acting.step.deadline,
                deadline <= now
            {
                stepDeadlineReached(index, at: now, &effects)
            }
        }
        if rules.contains(where: { scanDue(for: $0).map { $0 <= now } ?? false }) { scan.isWanted = true }
    }

    /// When a rule needs the next scan; `nil` while one is under way, whose answer may change that.
    private func scanDue(for rule: RuleRuntime) -> Instant? {
        guard hasStarted, !scan.isPending else { return nil }
        let timed = rule.needsTimedScans ? scan.next : nil
        guard var deciding = rule.scanDeadline else { return timed }
        // A failed scan is not tried again before its time, however long the deadline has passed.
        if scan.failures > 0, let next = scan.next { deciding = max(deciding, next) }
        return timed.map { min($0, deciding) } ?? deciding
    }

    func index(of rule: RuleID) -> Int? { rules.firstIndex { $0.id == rule } }

    /// The rule that this number means, as it was when it began; `nil` for one that a reload has replaced.
    package func rule(_ id: RuleID) -> Rule? { index(of: id).map { rules[$0].rule } }

    /// A record that names the rule.
    func record(_ name: LogRecord.Name, _ index: Int, level: LogRecord.Level = .info) -> LogRecord {
        LogRecord(name, level: level).with { $0.rule = rules[index].rule.name }
    }
}
