package import ConfigModel

/// Holds a command back until each of some requests has been answered as it expects.
///
/// A value like the engine: time comes in, and what is to be done comes out.
package struct StartGate: Sendable {
    /// What the shell is to do.
    package enum Effect: Hashable, Sendable {
        /// Begin an attempt at the request of this index, and tell what comes of it.
        case attempt(Int)
        /// End the attempt at the request of this index; what comes of it is told all the same.
        case cancel(Int)
    }

    /// What has become of the wait.
    package enum State: Hashable, Sendable {
        case waiting
        /// Every request has been answered.
        case open
        /// The time is over, and these requests have not been answered: the index, and what was wrong at last.
        case timedOut([Int: String])
    }

    /// Between two attempts at one request.
    private static let pause = Duration.milliseconds(200)

    private enum Wait: Hashable {
        case pausing(until: Instant)
        /// The shell ends an attempt that is cancelled at once; until it has told so, nothing else is begun.
        case attempting(until: Instant, isCancelled: Bool)
        case answered
    }

    private let requests: [Action]
    private let deadline: Instant
    private var waits: [Wait]
    private var faults: [Int: String] = [:]

    package private(set) var state: State

    /// A gate that waits for these requests from `now` on, no longer than `timeout`.
    package init(_ requests: [Action], timeout: Duration, at now: Instant) {
        self.requests = requests
        deadline = now + timeout
        waits = requests.map { _ in .pausing(until: now) }
        state = requests.isEmpty ? .open : .waiting
    }

    /// When ``advance(at:)`` is due; `nil` once the wait is over.
    package var nextDeadline: Instant? {
        guard state == .waiting else { return nil }
        let steps = waits.compactMap { wait in
            switch wait {
            case .pausing(let until), .attempting(let until, isCancelled: false): until
            case .attempting(_, isCancelled: true), .answered: nil
            }
        }
        return (steps + [deadline]).min()
    }

    /// Begins what is due, and ends what has taken too long.
    package mutating func advance(at now: Instant) -> [Effect] {
        guard state == .waiting else { return [] }
        if deadline <= now { return giveUp() }
        var effects: [Effect] = []
        for (index, wait) in waits.enumerated() {
            switch wait {
            case .pausing(let until) where until <= now:
                waits[index] = .attempting(until: now + requests[index].timeout, isCancelled: false)
                effects.append(.attempt(index))
            case .attempting(let until, isCancelled: false) where until <= now:
                waits[index] = .attempting(until: until, isCancelled: true)
                effects.append(.cancel(index))
            case .pausing, .attempting, .answered: break
            }
        }
        return effects
    }

    /// Takes down what came of an attempt.
    package mutating func attemptFinished(_ index: Int, _ result: AttemptResult, at now: Instant) {
        // A race: the wait was over before the attempt was.
        guard state == .waiting, case .attempting = waits[index] else { return }
        switch requests[index].judge(result, isLastAttempt: false) {
        case .succeeded:
            waits[index] = .answered
            if waits.allSatisfy({ $0 == .answered }) { state = .open }
        case .failed(let reason, _):
            faults[index] = reason
            waits[index] = .pausing(until: now + Self.pause)
        }
    }

    /// Waits no longer; what is still under way is to be ended.
    package mutating func giveUp() -> [Effect] {
        guard state == .waiting else { return [] }
        var missing: [Int: String] = [:]
        var effects: [Effect] = []
        for (index, wait) in waits.enumerated() where wait != .answered {
            missing[index] = faults[index] ?? "no answer yet"
            if case .attempting(_, isCancelled: false) = wait { effects.append(.cancel(index)) }
        }
        state = .timedOut(missing)
        return effects
    }
}
