package import ConfigModel
package import SupervisorCore

/// What an engine asked for that no shell can do, or left undone at its end.
package struct IllegalEffect: Error, CustomStringConvertible {
    package let description: String
}

/// An engine together with a model of its shell: it keeps account of what the shell would have in hand, and refuses
/// effects that make no sense with it.
///
/// A test sends events through it, so every dialogue proves the engine's manners besides what it is about.
package struct ModelShell: Sendable {
    /// An attempt that was started and has not reported.
    package struct Attempt: Hashable, Sendable {
        package let action: Action
        /// When the engine told it to end.
        package fileprivate(set) var cancelledAt: Instant?
    }

    package private(set) var engine: Engine
    package private(set) var now = Instant(nanoseconds: 1_000_000_000)
    /// What the scan under way looks for.
    package private(set) var pendingScan: [TargetQuery]?
    package private(set) var watched: Set<ProcessIdentity> = []
    package private(set) var attempts: [AttemptID: Attempt] = [:]
    package private(set) var awaited: Set<ActionID> = []
    /// The processes whose end was told after the last look was asked for: that look may still show them.
    private var endedSinceLook: Set<ProcessIdentity> = []
    /// The processes that the look shows which is being handed over.
    private var shown: Set<ProcessIdentity> = []
    private var lastSerial = 0

    package init(_ plan: Plan, seed: UInt64 = 1) {
        engine = Engine(plan: plan, seed: seed, at: now)
    }

    /// Lets time pass.
    package mutating func advance(by duration: Duration) { now = now + duration }

    /// Lets time pass until then; the clock never goes back.
    package mutating func advance(to instant: Instant) { now = max(now, instant) }

    /// Hands an event over and takes the effects on.
    ///
    /// - Throws: ``IllegalEffect`` at the first effect that the shell could not perform.
    package mutating func send(_ event: Event) throws(IllegalEffect) -> [Effect] {
        let wasOver = engine.verdict != nil
        shown = []
        settleAccount(of: event)
        let effects = engine.handle(event, at: now)
        if wasOver, let effect = effects.first { throw illegal(effect, "comes after the verdict") }
        for effect in effects { try take(effect) }
        if engine.verdict != nil { try checkNothingIsLeft() }
        if event == .deadlineReached, let next = engine.nextDeadline, next <= now {
            throw IllegalEffect(description: "the next deadline \(next) is due again at once, at \(now)")
        }
        return effects
    }

    /// What the event tells is no longer in hand.
    private mutating func settleAccount(of event: Event) {
        switch event {
        // Nothing that the shell was asked for.
        case .started, .stopRequested, .abandoned, .reloaded, .deadlineReached: break
        case .scanned(let result):
            pendingScan = nil
            shown = Set(result.sightings.values.joined().map(\.process))
        case .scanFailed: pendingScan = nil
        case .exited(let process, _): if watched.remove(process) != nil { endedSinceLook.insert(process) }
        case .attemptFinished(let id, _): attempts[id] = nil
        case .processesGone(let id): awaited.remove(id)
        }
    }

    private mutating func take(_ effect: Effect) throws(IllegalEffect) {
        switch effect {
        case .log: break  // the shell can always tell something
        case .scan(let queries):
            if pendingScan != nil { throw illegal(effect, "another scan is under way") }
            if Set(queries.map(\.target)).count != queries.count { throw illegal(effect, "asks twice for a target") }
            if queries.isEmpty { throw illegal(effect, "looks for nothing") }
            pendingScan = queries
            endedSinceLook = []
        case .watch(let process):
            if !shown.contains(process) { throw illegal(effect, "no look shows it") }
            // A later look may show it: its end was told by mistake then.
            if endedSinceLook.contains(process) { throw illegal(effect, "its end was told since that look began") }
            if !watched.insert(process).inserted { throw illegal(effect, "it is watched already") }
        case .unwatch(let process):
            if watched.remove(process) == nil { throw illegal(effect, "it is not watched") }
        case .start(let id, let action): try start(id, action, effect)
        case .cancel(let id):
            guard let attempt = attempts[id] else { throw illegal(effect, "no such attempt runs") }
            if attempt.cancelledAt != nil { throw illegal(effect, "it was cancelled before") }
            attempts[id]?.cancelledAt = now
        case .awaitGone(let id, _):
            if isBusy(id.rule) { throw illegal(effect, "an action of the rule still runs") }
            if !awaited.insert(id).inserted { throw illegal(effect, "that is awaited already") }
        case .stopAwaitingGone(let id):
            if awaited.remove(id) == nil { throw illegal(effect, "that is not awaited") }
        }
    }

    private mutating func start(_ id: AttemptID, _ action: Action, _ effect: Effect) throws(IllegalEffect) {
        if id.serial <= lastSerial { throw illegal(effect, "the serial \(id.serial) was used before") }
        if isBusy(id.action.rule) { throw illegal(effect, "an action of the rule still runs") }
        if engine.rule(id.action.rule)?.actions[id.action.index] != action {
            throw illegal(effect, "that is another action")
        }
        if case .sleep = action.kind { throw illegal(effect, "sleep is the engine's own") }
        lastSerial = id.serial
        attempts[id] = Attempt(action: action, cancelledAt: nil)
    }

    /// Whether something of the rule is in hand; an attempt that ignores its cancellation for 2 s is given up.
    private func isBusy(_ rule: RuleID) -> Bool {
        awaited.contains { $0.rule == rule }
            || attempts.contains { id, attempt in
                id.action.rule == rule && attempt.cancelledAt.map { now - $0 < .seconds(2) } ?? true
            }
    }

    private func checkNothingIsLeft() throws(IllegalEffect) {
        if let id = attempts.first(where: { $0.value.cancelledAt == nil })?.key {
            throw IllegalEffect(description: "the verdict leaves the attempt \(id) running")
        }
        if let id = awaited.first { throw IllegalEffect(description: "the verdict leaves \(id) awaited") }
        if let process = watched.first { throw IllegalEffect(description: "the verdict leaves \(process) watched") }
        if let next = engine.nextDeadline { throw IllegalEffect(description: "\(next) is due after the verdict") }
    }

    private func illegal(_ effect: Effect, _ reason: String) -> IllegalEffect {
        IllegalEffect(description: "illegal effect \(effect): \(reason)")
    }
}
