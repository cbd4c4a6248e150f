package import ConfigModel

/// Where a run stands at one moment: what status pages tell.
///
/// It is read off the engine whenever somebody asks, so that nothing is kept twice.
package struct RunStatus: Hashable, Sendable {
    /// What a stop request has led to.
    package enum Termination: Hashable, Sendable {
        case none
        /// Watching goes on until then.
        case draining(until: Instant)
        /// Every rule has fired; the actions run to their end.
        case finishing
    }

    package let onTerminate: Plan.TerminationPolicy
    package let terminationTimeout: Duration
    package let termination: Termination
    /// In the order of the file.
    package let rules: [RuleStatus]
}

/// Where one rule stands.
package struct RuleStatus: Hashable, Sendable {
    /// The state of a rule, by the name that verdict and log use.
    package enum State: String, Hashable, Sendable, CaseIterable {
        case waiting
        case watching
        case grace
        case acting
        case finished
    }

    /// The action that is under way.
    package struct CurrentAction: Hashable, Sendable {
        /// What an action does that has not come to its end.
        package enum Step: String, Hashable, Sendable, CaseIterable {
            case attempting
            case cancelling
            case backingOff
            case sleeping
            case awaitingGone
        }

        /// Index and kind, such as `2/http`.
        package let label: String
        /// Counted from 1.
        package let attempt: Int
        package let step: Step
    }

    package let name: String
    package let state: State
    /// In the order of the file.
    package let targets: [TargetStatus]
    /// `nil` before the rule has fired.
    package let outcome: Outcome?
    /// `nil` unless the rule is acting.
    package let current: CurrentAction?
    /// Those that count, so far.
    package let failures: [ActionFailure]
    /// `nil` before the rule is finished.
    package let exitCode: Int32?
}

/// Where one target stands.
package struct TargetStatus: Hashable, Sendable {
    /// Where a target is in its life.
    package enum Phase: String, Hashable, Sendable, CaseIterable {
        /// Nothing has matched yet. Left for `present` by a sighting, for `givenUp` by the start timeout.
        case unseen
        /// A matched process lives, or its end is not yet confirmed by a scan. Left for `ended`.
        case present
        /// All matched processes ended, and a scan found no further one. Left for `present` by a sighting.
        case ended
        /// Not seen within the start timeout; no longer looked for.
        case givenUp
    }

    /// A matched process that lives.
    package struct Process: Hashable, Sendable {
        package let pid: Int32
        package let name: String
    }

    package let phase: Phase
    /// By pid. A rule that has fired no longer watches its processes, so then there are none.
    package let processes: [Process]
}

extension Engine {
    /// Where the run stands.
    package var status: RunStatus {
        RunStatus(
            onTerminate: plan.onTerminate, terminationTimeout: plan.terminationTimeout, termination: termination,
            rules: rules.map(\.status))
    }
}

extension RuleRuntime {
    fileprivate var status: RuleStatus {
        func status(
            outcome: Outcome? = nil, current: RuleStatus.CurrentAction? = nil, failures: [ActionFailure] = [],
            exitCode: Int32? = nil
        ) -> RuleStatus {
            RuleStatus(
                name: rule.name, state: state.kind, targets: targets.map { $0.status(isWatched: state.isLooking) },
                outcome: outcome, current: current, failures: failures, exitCode: exitCode)
        }
        switch state {
        case .waiting, .watching, .grace: return status()
        case .acting(let acting):
            let current = acting.step.status.map {
                RuleStatus.CurrentAction(label: rule.actions[acting.index].label, attempt: acting.attempt, step: $0)
            }
            return status(outcome: acting.outcome, current: current, failures: acting.failures)
        case .finished(let finish):
            return status(outcome: finish.outcome, failures: finish.failures, exitCode: finish.exitCode)
        }
    }
}

extension Acting.Step {
    /// `nil` between two actions, where no event leaves a rule.
    fileprivate var status: RuleStatus.CurrentAction.Step? {
        switch self {
        case .between: nil
        case .attempting: .attempting
        case .cancelling: .cancelling
        case .backingOff: .backingOff
        case .sleeping: .sleeping
        case .awaitingGone: .awaitingGone
        }
    }
}

extension TargetState {
    fileprivate func status(isWatched: Bool) -> TargetStatus {
        let living = isWatched ? members : [:]
        return TargetStatus(
            phase: phase,
            processes: living.map { TargetStatus.Process(pid: $0.key.pid, name: $0.value.name) }
                .sorted { $0.pid < $1.pid })
    }
}
