internal import ConfigModel
internal import SupervisorCore

/// A kind of event, told apart by what an engine may make of it.
package enum EventKind: Int, Hashable, Sendable, CaseIterable {
    case started, matchesSeen, nothingSeen, scanFailed, exited
    case attemptSucceeded, attemptAnswered, attemptRefused, attemptDropped, attemptTimedOut, attemptFailed
    case processesGone, terminate, interrupt, abandoned, reloaded, deadlineReached

    init(_ event: Event) {
        switch event {
        case .started: self = .started
        case .scanned(let result): self = result.sightings.isEmpty ? .nothingSeen : .matchesSeen
        case .scanFailed: self = .scanFailed
        case .exited: self = .exited
        case .attemptFinished(_, let result):
            switch result {
            case .done, .simulated, .signalled: self = .attemptSucceeded
            case .answered(let status): self = (200..<300).contains(status) ? .attemptSucceeded : .attemptAnswered
            case .refused: self = .attemptRefused
            case .dropped: self = .attemptDropped
            case .timedOut: self = .attemptTimedOut
            case .exited, .failed: self = .attemptFailed
            }
        case .processesGone: self = .processesGone
        case .stopRequested(.terminate): self = .terminate
        case .stopRequested(.interrupt): self = .interrupt
        case .abandoned: self = .abandoned
        case .reloaded: self = .reloaded
        case .deadlineReached: self = .deadlineReached
        }
    }
}

/// Where a rule is in its life, the step of its action included.
package enum Moment: Int, Hashable, Sendable, CaseIterable {
    case waiting, watching, grace, attempting, cancelling, backingOff, sleeping, awaitingGone, finished
}

extension RuleAccount {
    /// Where the rule is.
    var moment: Moment {
        switch (state, step) {
        case (.waiting, _): .waiting
        case (.watching, _): .watching
        case (.grace, _): .grace
        case (.acting, .attempting): .attempting
        case (.acting, .cancelling): .cancelling
        case (.acting, .backingOff): .backingOff
        case (.acting, .sleeping): .sleeping
        case (.acting, .awaitingGone): .awaitingGone
        case (.acting, nil), (.finished, _): .finished
        }
    }
}

/// A kind of effect.
package enum EffectKind: Int, Hashable, Sendable, CaseIterable {
    case scan, watch, unwatch, start, cancel, awaitGone, stopAwaitingGone, log

    init(_ effect: Effect) {
        switch effect {
        case .scan: self = .scan
        case .watch: self = .watch
        case .unwatch: self = .unwatch
        case .start: self = .start
        case .cancel: self = .cancel
        case .awaitGone: self = .awaitGone
        case .stopAwaitingGone: self = .stopAwaitingGone
        case .log: self = .log
        }
    }
}

/// Something that makes a walk harder and that no event of its own tells.
package enum Hardship: Int, Hashable, Sendable, CaseIterable {
    case sameReload, changedReload, clockJump, lateWake, falseEnd, stray
}

/// What walks have met, as numbers.
package struct WalkTally: Hashable, Sendable {
    package private(set) var events = [Int](repeating: 0, count: EventKind.allCases.count)
    package private(set) var effects = [Int](repeating: 0, count: EffectKind.allCases.count)
    package private(set) var hardships = [Int](repeating: 0, count: Hardship.allCases.count)
    /// How often each kind of event has met a rule in each moment: `moment * kinds + kind`.
    package private(set) var cells = [Int](repeating: 0, count: Moment.allCases.count * EventKind.allCases.count)
    package private(set) var eventCount = 0

    package init() {}

    mutating func count(_ kind: EventKind, _ moments: [Moment]) {
        eventCount += 1
        events[kind.rawValue] += 1
        for moment in moments { cells[moment.rawValue * EventKind.allCases.count + kind.rawValue] += 1 }
    }

    mutating func count(_ effect: Effect) { effects[EffectKind(effect).rawValue] += 1 }

    mutating func count(_ hardship: Hardship) { hardships[hardship.rawValue] += 1 }

    /// How often this kind of event has met a rule in this moment.
    package func meetings(_ moment: Moment, _ kind: EventKind) -> Int {
        cells[moment.rawValue * EventKind.allCases.count + kind.rawValue]
    }

    /// Adds what other walks have met.
    package mutating func add(_ other: WalkTally) {
        func sum(_ left: [Int], _ right: [Int]) -> [Int] { zip(left, right).map { $0 + $1 } }
        events = sum(events, other.events)
        effects = sum(effects, other.effects)
        hardships = sum(hardships, other.hardships)
        cells = sum(cells, other.cells)
        eventCount += other.eventCount
    }
}

extension MachineTally {
    /// Adds what other walks have met.
    package mutating func add(_ other: MachineTally) {
        births += other.births
        children += other.children
        reuses += other.reuses
        deaths += other.deaths
    }
}
