/// What a simulation goes through: a model of a pod, what happens in it and when, and what must come of it.
package struct Scenario: Sendable {
    package let description: String?
    /// Decides the jitter of retries.
    package let seed: UInt64
    /// When the simulation ends at the latest.
    package let timeLimit: Duration
    /// In the order of the file.
    package let processes: [SimulatedProcess]
    package let endpoints: [SimulatedEndpoint]
    package let files: [SimulatedFile]
    package let programs: [SimulatedProgram]
    /// In the order of the file, not of their times.
    package let events: [SimulatedEvent]
    /// The files that the events put in place of the configuration, each once, with the place of its first mention.
    package let configurations: [Located<String>]
    /// In the order in which they are judged; `events` in the order of the list, which counts.
    package let expectations: [Located<Expectation>]
}

/// How a process or a program ends.
package enum SimulatedEnd: Hashable, Sendable {
    case exitCode(Int32)
    case signal(Signal)
    /// In a way that Knell cannot learn.
    case unknown
}

/// One process of the pod.
package struct SimulatedProcess: Hashable, Sendable {
    /// Another process of the scenario.
    package enum Parent: Hashable, Sendable {
        case name(String)
        case pid(Int32)
    }

    /// One life: a process that is restarted has several, each with a pid of its own.
    package struct Life: Hashable, Sendable {
        /// From the start of the simulation for the first life, from the end of the former one for the others.
        package let startsAfter: Duration
        /// `nil` lives until something ends it.
        package let runsFor: Duration?
        /// How it ends by itself, or when an endpoint stops it.
        package let end: SimulatedEnd
    }

    /// What the process does upon a signal.
    package enum Reaction: Hashable, Sendable {
        case ignores
        /// Knell has no right to signal it.
        case denied
        /// It ends so long afterwards; `nil` by that very signal.
        case ends(after: Duration, SimulatedEnd?)
    }

    package let name: String
    package let commandLine: String?
    package let executable: String?
    package let userID: UInt32
    /// Of the first life; `nil` takes a free one.
    package let pid: Int32?
    package let parent: Parent?
    /// One or more.
    package let lives: [Life]
    package let reactions: [Signal: Reaction]
}

/// Something that answers requests.
package struct SimulatedEndpoint: Hashable, Sendable {
    /// A process that ends because of an answer.
    package struct Stop: Hashable, Sendable {
        package let process: String
        /// From the answer on.
        package let after: Duration
    }

    package let url: HTTPURL
    /// `nil` takes every method.
    package let method: String?
    /// One or more; the last one repeats.
    package let answers: [SimulatedAnswer]
    /// Requests are refused while no process of this name lives.
    package let servedBy: String?
    package let stops: [Stop]
}

/// One answer of an endpoint, and how long it takes.
package struct SimulatedAnswer: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case status(Int)
        case refused
        case dropped
        /// None at all, so that the attempt's timeout passes.
        case timeout

        static let words = ["refused", "dropped", "timeout"]
    }

    package let kind: Kind
    package let after: Duration

    package init(_ kind: Kind, after: Duration = .zero) {
        self.kind = kind
        self.after = after
    }
}

/// A file about which there is something to say.
package struct SimulatedFile: Hashable, Sendable {
    package enum Nature: Hashable, Sendable {
        /// It cannot be touched, for this reason.
        case untouchable(String)
        /// It holds the pid of the process of this name, and is missing while none lives.
        case pidFile(of: String)
    }

    package let path: String
    package let nature: Nature
}

/// What a program comes to.
package struct SimulatedProgram: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case ends(SimulatedEnd, after: Duration)
        /// It cannot be run, for this reason.
        case fails(String)
    }

    package let command: String
    package let result: Result
}

/// One thing that happens at its time.
package struct SimulatedEvent: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Knell gets SIGTERM, SIGINT or SIGHUP.
        case signal(Signal)
        /// Processes of these names get a signal from somebody else.
        case signalProcesses(Signal, [String])
        /// The configuration of this file, as the scenario names it, takes the place of the one before.
        case configuration(String)
        /// /proc cannot be read for so long.
        case procUnreadable(Duration)
    }

    package let at: Duration
    package let kind: Kind
}
