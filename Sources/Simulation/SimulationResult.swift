package import ConfigModel
package import SupervisorCore

/// What a simulation came to.
package struct SimulationResult: Sendable {
    /// One line of the timeline.
    package struct Entry: Hashable, Sendable {
        /// Since the start of Knell, in whole milliseconds: what is shown is what can be expected.
        package let at: Duration
        package let record: LogRecord
    }

    /// A request that Knell made; every attempt is one.
    package struct Request: Hashable, Sendable {
        package let at: Duration
        package let method: String
        package let url: HTTPURL
        package let answer: SimulatedAnswer.Kind
    }

    /// A signal that Knell sent to one process.
    package struct Signalled: Hashable, Sendable {
        package let at: Duration
        package let process: String
        package let pid: Int32
        package let signal: Signal
    }

    /// Why the simulation ended.
    package enum Ending: Hashable, Sendable {
        /// Knell has exited.
        case exit(Verdict)
        /// Nothing more can happen, and Knell would wait for ever.
        case standstill
        /// The scenario's time is over.
        case timeLimit(Duration)
        /// More happened than a simulation goes through, in words.
        case overload(String)
    }

    package let timeline: [Entry]
    package let ending: Ending
    /// In whole milliseconds.
    package let endedAt: Duration
    /// The rules that are not finished, each with what it waits for, in words; empty after an exit.
    package let open: [String]
    package let requests: [Request]
    /// The paths of successful touches, one for each.
    package let touches: [String]
    package let signals: [Signalled]
    /// The first words of the programs that were run, one for each run.
    package let programs: [String]

    /// What Knell came to; `nil` where it has not exited.
    package var verdict: Verdict? {
        if case .exit(let verdict) = ending { verdict } else { nil }
    }
}
