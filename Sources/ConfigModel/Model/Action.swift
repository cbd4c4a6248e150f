/// One step of a rule, with every default filled in.
package struct Action: Hashable, Sendable {
    /// What the step does.
    package enum Kind: Hashable, Sendable {
        case http(HTTPRequest)
        case signal(SignalRequest)
        case touch(TouchRequest)
        case exec(ExecRequest)
        /// Waits; the engine does it with its clock alone.
        case sleep(Duration)
    }

    /// What a failure of the step means for the rule.
    package enum FailurePolicy: String, Hashable, Sendable, CaseIterable {
        /// The following steps run, the rule counts as failed.
        case `continue`
        /// The following steps are skipped, the rule counts as failed.
        case stop
        /// The following steps run, the failure does not count.
        case ignore
    }

    /// Index and kind as written, such as `2/http` or `1/shutdown`.
    package let label: String
    package let kind: Kind
    /// The longest that one attempt may take.
    package let timeout: Duration
    package let retry: RetryPolicy
    /// The outcomes of the rule for which the step runs at all.
    package let runsWhen: Set<Outcome>
    package let onFailure: FailurePolicy
    /// Holds the step back until processes are gone.
    package let thenGone: GoneCondition?
}

/// How often, and how far apart, a step is attempted.
package struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, 1 or more.
    package let attempts: Int
    /// The pause before the second attempt; each further pause is twice as long.
    package let delay: Duration
    /// The longest pause.
    package let maxDelay: Duration

    package init(attempts: Int, delay: Duration, maxDelay: Duration) {
        self.attempts = attempts
        self.delay = delay
        self.maxDelay = maxDelay
    }
}

/// The step succeeds only once no such process is left.
package struct GoneCondition: Hashable, Sendable {
    package let process: ProcessReference
    /// The longest that is waited after the step itself has succeeded.
    package let within: Duration
}

/// Sends one signal to processes.
package struct SignalRequest: Hashable, Sendable {
    package let process: ProcessReference
    package let signal: Signal
}

/// Creates a file or updates its time stamps.
package struct TouchRequest: Hashable, Sendable {
    /// An absolute path; its last component is never followed when it is a symbolic link.
    package let path: String
    package let createDirectories: Bool
    /// The permission bits of a file that is created.
    package let mode: UInt32
}

/// Runs a program, without a shell.
package struct ExecRequest: Hashable, Sendable {
    /// The program and its arguments; never empty. A name without a slash is looked up in `PATH`.
    package let command: [String]
}
