package import ConfigModel

extension RetryPolicy {
    /// The longest that the pause after the failed attempt of this number, counted from 1, can be.
    ///
    /// A pause is `delay`, doubled from attempt to attempt up to `maxDelay`, and then spread by a fifth, within `maxDelay` too.
    package func longestPause(afterAttempt attempt: Int) -> Duration {
        var pause = min(delay, maxDelay)
        for _ in 1..<max(attempt, 1) where pause < maxDelay { pause = min(pause * 2, maxDelay) }
        return min(pause + pause / 5, maxDelay)
    }

    /// The longest that all pauses together can be.
    fileprivate var longestPauses: Duration {
        (1..<max(attempts, 1)).reduce(.zero) { $0 + longestPause(afterAttempt: $1) }
    }
}

extension Action {
    /// The longest that the step can take: every attempt at its timeout, every pause, and the wait of `thenGone`.
    package var longestTime: Duration {
        if case .sleep(let duration) = kind { return duration }
        return timeout * retry.attempts + retry.longestPauses + (thenGone?.within ?? .zero)
    }
}

extension Rule {
    /// The longest that the steps which run for this outcome can take together.
    package func longestTime(for outcome: Outcome) -> Duration {
        actions.reduce(.zero) { $1.runsWhen.contains(outcome) ? $0 + $1.longestTime : $0 }
    }

    /// The same for whichever outcome that can be takes longest.
    package var longestTime: Duration {
        Outcome.allCases.filter(canAct).map(longestTime).max() ?? .zero
    }

    /// Whether the rule's steps can run with this outcome: without a start timeout nothing is given up, and where the steps
    /// are skipped then, only a further target can have been seen.
    package func canAct(for outcome: Outcome) -> Bool {
        guard outcome == .notStarted else { return true }
        return startTimeout != nil && (onStartTimeout == .run || targets.count > 1)
    }
}

extension Plan {
    /// The longest from the first SIGTERM to the exit. Rules act side by side, so the slowest one counts.
    ///
    /// A rule may have fired a moment before, or fire as usual while Knell drains; so every outcome counts.
    package var longestTermination: Duration {
        let acting = rules.map(\.longestTime).max() ?? .zero
        return switch onTerminate {
        case .drain: terminationTimeout + acting
        case .run: acting
        case .exit: .zero
        }
    }

    /// The least `terminationGracePeriodSeconds` of a pod that lets all of that happen: the first whole second beyond it.
    package var leastGracePeriodSeconds: Int64 { longestTermination.components.seconds + 1 }
}
