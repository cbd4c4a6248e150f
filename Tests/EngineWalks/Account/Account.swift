internal import ConfigModel
internal import SupervisorCore

/// A second opinion on all that an engine does: what is due after each event, worked out from the documentation.
///
/// It keeps what was seen, with the number of the event in which that was, and draws conclusions from that; it shares
/// neither code nor bookkeeping with the engine.
struct Account {
    /// The account of the looks at the process table.
    struct Looks {
        var isPending = false
        /// When, and in which event, the last one was asked for.
        var requestedAt = Instant(nanoseconds: .min)
        var requestEvent = -1
        /// The next one by the timer.
        var next: Instant?
        /// Something has happened that a look must follow.
        var isOwed = false
        /// In a row.
        var failures = 0
    }

    /// What stop requests have led to.
    enum Stop: Hashable {
        case none
        case draining(until: Instant)
        case finishing
    }

    /// How the run ended.
    struct Ending: Hashable {
        let reason: Verdict.Reason
        let exitCode: Int32
    }

    var plan: Plan
    var rules: [RuleAccount]
    var looks = Looks()
    var stop = Stop.none
    var hasStarted = false
    var ending: Ending?
    var nextRule: Int
    var event = 0
    /// Processes whose end was told while they were watched, and in which event. A look that was asked for later may show
    /// one alive: its end was told by mistake.
    var gone: [ProcessIdentity: Int] = [:]
    /// What is due in this event, in order.
    var due: [Entry] = []
    /// The look that is due in this event.
    var dueLook: [TargetQuery] = []
    /// What the engine did in this event, where it may choose: the moment at which an attempt follows another.
    var effects: [Effect] = []

    init(_ plan: Plan, at now: Instant) {
        self.plan = plan
        rules = plan.rules.enumerated().map { RuleAccount(RuleID($0.offset), $0.element, at: now, event: 0) }
        nextRule = rules.count
    }

    /// Takes an event in and says what is due, in ``due`` and ``dueLook``.
    mutating func take(_ event: Event, at now: Instant, answeredBy effects: [Effect]) {
        self.event += 1
        self.effects = effects
        due = []
        dueLook = []
        guard ending == nil else { return }
        switch event {
        case .started:
            tell(.told(.runStarted))
            hasStarted = true
            looks.isOwed = true
        case .scanned(let result): scanned(result, at: now)
        case .scanFailed: scanFailed(at: now)
        case .exited(let process, let report): exited(process, report.status)
        case .attemptFinished(let id, let result):
            if let rule = rules.firstIndex(where: { $0.attemptID == id && $0.state == .acting }) {
                attemptEnded(rule, result, at: now)
            }
        case .processesGone(let id):
            guard let rule = rules.firstIndex(where: { $0.id == id.rule && $0.state == .acting }),
                rules[rule].action == id.index, case .awaitingGone = rules[rule].step
            else { break }
            actionEnded(rule, isSuccess: true, at: now)
        case .stopRequested(let request): stopRequested(request, at: now)
        case .abandoned(let outcome): abandoned(as: outcome, at: now)
        case .reloaded(let plan): reloaded(plan, at: now)
        case .deadlineReached: timePassed(at: now)
        }
        if ending == nil, rules.allSatisfy({ $0.state == .finished }) {
            end(.finished, exitCode: rules.compactMap(\.exitCode).first { $0 != 0 } ?? 0)
        }
        if ending == nil { lookIfOwed(at: now) }
        for effect in effects { if case .start(let id, _) = effect { bind(id) } }
    }

    /// Takes down what a rule is waiting for from now on.
    private mutating func bind(_ id: AttemptID) {
        guard let rule = rules.firstIndex(where: { $0.id == id.action.rule && $0.state == .acting }),
            rules[rule].action == id.action.index
        else { return }
        rules[rule].attemptID = id
    }

    mutating func tell(_ deed: Deed, _ rule: Int? = nil) {
        due.append(Entry(rule: rule.map { rules[$0].name } ?? "", deed: deed))
    }

    // MARK: Looks

    private mutating func lookIfOwed(at now: Instant) {
        guard hasStarted, looks.isOwed, !looks.isPending else { return }
        looks.isOwed = false
        // After a failure the timer says when.
        if looks.failures > 0, let next = looks.next, now < next { return }
        dueLook = rules.filter(\.isLooking).flatMap { rule in
            rule.targets.indices.filter { rule.targets[$0].phase != .givenUp }.map {
                TargetQuery(target: TargetID(rule: rule.id, index: $0), selector: rule.rule.targets[$0])
            }
        }
        guard !dueLook.isEmpty else { return }
        looks.isPending = true
        looks.requestedAt = now
        looks.requestEvent = event
        looks.next = now + .milliseconds(500)
    }

    /// When a look is due for one rule.
    func lookDue(for rule: RuleAccount) -> Instant? {
        guard hasStarted, !looks.isPending else { return nil }
        var times: [Instant] = []
        if rule.needsLooks, let next = looks.next { times.append(next) }
        if let decision = rule.decision {
            times.append(looks.failures > 0 ? max(decision, looks.next ?? decision) : decision)
        }
        return times.min()
    }

    /// The bounds of the next wake-up; `nil` where there is to be none.
    var wakeUp: (first: Instant, last: Instant)? {
        guard ending == nil else { return nil }
        var times: [(first: Instant, last: Instant)] = []
        if case .draining(let until) = stop { times.append((until, until)) }
        for rule in rules {
            if rule.state == .acting, let step = rule.step { times.append(step.due) }
            if let look = lookDue(for: rule) { times.append((look, look)) }
        }
        guard let first = times.map(\.first).min(), let last = times.map(\.last).min() else { return nil }
        return (first, last)
    }

    private mutating func timePassed(at now: Instant) {
        if case .draining(let until) = stop, until <= now {
            stop = .finishing
            fireAll(as: .terminated, at: now)
        }
        for rule in rules.indices where ending == nil {
            while ending == nil, rules[rule].state == .acting, let step = rules[rule].step, isOver(step, rule, at: now)
            {
                stepOver(rule, step, at: now)
            }
        }
        if rules.contains(where: { lookDue(for: $0).map { $0 <= now } ?? false }) { looks.isOwed = true }
    }
}
