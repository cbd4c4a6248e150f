/// What Knell will do: a configuration that has been checked, with defaults, presets and variables resolved.
///
/// Only ``Validator`` makes one, so whoever holds a plan need not check anything again.
package struct Plan: Hashable, Sendable {
    /// What the first SIGTERM does.
    package enum TerminationPolicy: String, Hashable, Sendable, CaseIterable {
        /// Goes on watching for ``Plan/terminationTimeout``, then runs what has not run.
        case drain
        /// Runs at once what has not run.
        case run
        /// Runs nothing more.
        case exit
    }

    package let onTerminate: TerminationPolicy
    package let terminationTimeout: Duration
    /// In the order of the file; 1 to 64.
    package let rules: [Rule]

    init(onTerminate: TerminationPolicy, terminationTimeout: Duration, rules: [Rule]) {
        self.onTerminate = onTerminate
        self.terminationTimeout = terminationTimeout
        self.rules = rules
    }
}

/// What is watched, what then happens, and with which exit code.
package struct Rule: Hashable, Sendable {
    /// When watching is over.
    package enum EndCondition: String, Hashable, Sendable, CaseIterable {
        case allEnded
        case anyEnded
    }

    /// What happens when no target was seen within the start timeout.
    package enum StartTimeoutPolicy: String, Hashable, Sendable, CaseIterable {
        case run
        case skip
    }

    /// A DNS label, unique in the plan.
    package let name: String
    /// One selector a target; 1 to 32.
    package let targets: [ProcessSelector]
    package let until: EndCondition
    /// How long targets may stay unseen; `nil` waits for ever.
    package let startTimeout: Duration?
    package let onStartTimeout: StartTimeoutPolicy
    package let gracePeriod: Duration
    package let actions: [Action]
    package let exitCodes: ExitCodes
    /// Knell exits with this rule's code as soon as it is finished.
    package let isFinal: Bool
    /// The rule goes back to waiting when it is finished.
    package let repeats: Bool
}

/// Which exit code a finished rule stands for.
package struct ExitCodes: Hashable, Sendable {
    /// The code of a rule whose targets ended.
    package enum Ended: Hashable, Sendable {
        case code(Int32)
        /// The failing process's own: its exit code, or 128+n for signal n.
        case fromTarget
    }

    package let ended: Ended
    package let actionFailed: Int32
    package let notStarted: Int32
    package let terminated: Int32
    /// The code for the outcome *unknown*; `nil` leaves it to a fixed ``ended``.
    package let unknown: Int32?

    package init(ended: Ended, actionFailed: Int32, notStarted: Int32, terminated: Int32, unknown: Int32?) {
        self.ended = ended
        self.actionFailed = actionFailed
        self.notStarted = notStarted
        self.terminated = terminated
        self.unknown = unknown
    }
}
