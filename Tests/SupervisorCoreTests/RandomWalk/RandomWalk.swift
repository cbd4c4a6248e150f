import ConfigModel
import SupervisorCore
import TestSupport

/// An engine in a machine of chance, with an account kept of all that it does.
struct RandomWalk {
    /// As it was at the beginning: numbers of rules are places in it.
    private let plan: Plan
    /// The names of the rules as they were last ordered.
    private var order: [String]
    private var shell: ModelShell
    private var world: World
    private var ledgers: [RuleLedger]
    private var eventCount = 0
    private var requestedAt = Instant(nanoseconds: 0)
    private var requestEvent = 0
    private var failures = 0
    private var stopRequests: [Event.StopRequest] = []
    private var finalCode: Int32?
    /// All that was told, to compare two runs.
    private(set) var story: [Effect] = []

    /// A walk at its beginning; `seed` decides everything that happens, and in which of its orders the configuration is
    /// read again meanwhile.
    init(of plan: Plan, inOrders orders: [Plan] = [], seed: UInt64) {
        self.plan = plan
        order = plan.rules.map(\.name)
        var random = SeededGenerator(seed: seed)
        shell = ModelShell(plan, seed: random.next())
        let now = shell.now
        world = World(at: now, using: random)
        ledgers = plan.rules.map { RuleLedger($0, at: now) }
        if !orders.isEmpty { world.scheduleReloads(of: orders, from: now) }
    }

    /// Goes on until the verdict, and a few steps beyond.
    mutating func run() throws -> Verdict {
        try send(.started)
        while shell.engine.verdict == nil {
            guard eventCount < 5_000 else { throw Irregularity(description: "there is no end to it") }
            try step()
        }
        for _ in 0..<5 where world.next != nil { try step() }
        try send(.deadlineReached)
        guard let verdict = shell.engine.verdict else { throw Irregularity(description: "the verdict is gone") }
        try check(verdict)
        return verdict
    }

    private mutating func step() throws {
        let happens = world.next
        if let due = shell.engine.nextDeadline, happens.map({ due <= $0 }) ?? true {
            if happens == nil || shell.now > Instant(nanoseconds: 1_000_000_000) + .seconds(60) { try stopInTheEnd() }
            shell.advance(to: due + world.lateness())
            if shell.engine.verdict == nil { try send(.deadlineReached) }
            return
        }
        guard let happens, let happening = world.take() else { return try send(.stopRequested(.terminate)) }
        shell.advance(to: happens)
        switch happening {
        case .birth(let kind): world.bear(kind, at: shell.now)
        case .death(let process):
            world.end(process, isWatched: shell.watched.contains(process.identity), at: shell.now)
        case .reading(let queries, let fails, let answer):
            let event: Event = fails ? .scanFailed(reason: "EMFILE") : .scanned(world.matches(of: queries))
            world.schedule(.delivery(event), at: shell.now + answer)
        case .delivery(let event): try send(event)
        }
    }

    /// What would go on for ever is told to stop, once.
    private mutating func stopInTheEnd() throws {
        if stopRequests.isEmpty { try send(.stopRequested(.terminate)) }
    }

    private mutating func send(_ event: Event) throws {
        let wasOver = shell.engine.verdict != nil
        eventCount += 1
        switch event {
        case .stopRequested(let request): if !wasOver { stopRequests.append(request) }
        case .scanFailed: failures += 1
        case .scanned: failures = 0
        case .reloaded, .abandoned, .started, .exited, .attemptFinished, .processesGone, .deadlineReached: break
        }
        let effects = try shell.send(event)
        story += effects
        for effect in effects {
            try book(effect, of: event)
            world.perform(effect, at: shell.now)
        }
        switch event {
        case .reloaded(let plan):
            let isTaken = effects.contains {
                if case .log(let record) = $0 { record.name == .configReloaded } else { false }
            }
            if isTaken { order = plan.rules.map(\.name) }
        case .scanned: for index in ledgers.indices { ledgers[index].looked(since: requestEvent) }
        case .scanFailed where failures >= 10:
            for index in ledgers.indices { ledgers[index].looked(since: requestEvent) }
        case .scanFailed, .started, .exited, .attemptFinished, .processesGone, .stopRequested, .abandoned,
            .deadlineReached:
            break
        }
        // The request belongs to what was known when the event had been handled.
        if shell.pendingScan != nil, effects.contains(where: { if case .scan = $0 { true } else { false } }) {
            requestedAt = shell.now
            requestEvent = eventCount
        }
        if shell.engine.verdict == nil { try checkThatAllIsWaitedFor() }
    }

    private mutating func book(_ effect: Effect, of event: Event) throws {
        switch effect {
        case .scan, .watch, .unwatch, .cancel, .awaitGone, .stopAwaitingGone: break  // the ModelShell sees to them
        case .start(let id, _): try ledgers[id.action.rule.number].started(id)
        case .log(let record):
            guard let index = plan.rules.firstIndex(where: { $0.name == record.rule }) else { return }
            try book(record, index, of: event)
        }
    }

    private mutating func book(_ record: LogRecord, _ index: Int, of event: Event) throws {
        switch (record.name, event) {
        case (.targetFound, .scanned(let result)):
            let target = record.target ?? 0
            let all = result.sightings[TargetID(rule: RuleID(index), index: target)] ?? []
            guard let sighting = all.first(where: { $0.process.pid == record.pid }) else {
                throw Irregularity(description: "\(record) was not seen")
            }
            try ledgers[index].found(sighting, among: all, target: target)
        case (.targetExited, .exited(let process, let report)):
            try ledgers[index].exited(process, report.status, target: record.target ?? 0, event: eventCount)
        case (.ruleWatching, _), (.ruleResumed, _): try ledgers[index].entered(.watching, at: shell.now)
        case (.ruleGrace, _): try ledgers[index].entered(.grace, at: shell.now)
        case (.ruleFired, _):
            var snapshot: ScanResult?
            if case .scanned(let result) = event { snapshot = result }
            let look = Look(
                rule: RuleID(index), requestedAt: requestedAt, requestEvent: requestEvent, snapshot: snapshot,
                failures: failures, isStopping: !stopRequests.isEmpty)
            try ledgers[index].fired(record, by: look)
        case (.actionSkipped, _) where record.level == .warning: break  // what the verdict leaves undone
        case (.actionStarted, _), (.actionRetried, _), (.actionSucceeded, _), (.actionFailed, _), (.actionSkipped, _):
            try ledgers[index].action(record)
        case (.ruleFinished, _):
            try ledgers[index].finished(record, isStopping: !stopRequests.isEmpty, at: shell.now)
            if plan.rules[index].isFinal { finalCode = record.exitCode }
        default: throw Irregularity(description: "\(record) of \(event)")
        }
    }

    /// Every rule that is not finished waits for something that is certain to come.
    private func checkThatAllIsWaitedFor() throws {
        let next = shell.engine.nextDeadline
        let looksSoon = shell.pendingScan != nil || next.map { $0 <= shell.now + .milliseconds(500) } ?? false
        for (number, ledger) in ledgers.enumerated() {
            let isBusy =
                shell.attempts.keys.contains { $0.action.rule.number == number }
                || shell.awaited.contains { $0.rule.number == number }
            let members = ledger.isLooking ? ledger.targets.flatMap(\.members.keys) : []
            let isWaitedFor =
                switch ledger.state {
                case .waiting, .grace: looksSoon
                case .watching: !members.isEmpty || looksSoon
                case .acting: isBusy || next != nil
                case .finished: true
                }
            guard isWaitedFor else { throw Irregularity(description: "\(ledger.rule.name) hangs in \(ledger.state)") }
            guard members.allSatisfy(shell.watched.contains) else {
                throw Irregularity(description: "\(ledger.rule.name) has members that are not watched")
            }
        }
        let isQuiet = ledgers.allSatisfy { ledger in
            ledger.state == .finished
                || ledger.state == .watching && ledger.targets.allSatisfy { !$0.members.isEmpty }
        }
        if isQuiet, stopRequests.isEmpty, let next {
            throw Irregularity(description: "wakes up at \(next) though every target lives")
        }
    }

    /// Works the exit code out anew.
    private func check(_ verdict: Verdict) throws {
        let ledgers = order.compactMap { name in self.ledgers.first { $0.rule.name == name } }
        let codes = ledgers.map { $0.state == .finished ? $0.exitCode ?? 0 : $0.rule.exitCodes.terminated }
        let expected: Int32 =
            switch verdict.reason {
            case .finished: codes.first { $0 != 0 } ?? 0
            case .finalRule: finalCode ?? -1
            case .signal(2): 130
            case .signal: stopRequests.count > 1 ? 143 : codes.first { $0 != 0 } ?? 0
            }
        guard verdict.exitCode == expected else {
            throw Irregularity(description: "the exit code is \(verdict.exitCode), expected \(expected): \(verdict)")
        }
        for (rule, ledger) in zip(verdict.rules, ledgers) where rule.notDone != ledger.notDone {
            throw Irregularity(description: "\(rule.notDone) of \(rule.name) are not done, expected \(ledger.notDone)")
        }
    }
}
