internal import Presentation

/// What runs the pod that Knell is put into.
package enum WorkloadKind: String, Hashable, Sendable, CaseIterable {
    case job
    case cronjob
    case deployment
    /// A task of Airflow's KubernetesExecutor.
    case airflow

    /// How long the main process may stay unseen where nothing else is said; `nil` waits for ever.
    ///
    /// A pod of a deployment is meant to stay: nothing is to be done to one whose main process takes its time.
    var usualStartTimeout: String? {
        switch self {
        case .job, .cronjob: "10m"
        case .airflow: "15m"
        case .deployment: nil
        }
    }

    /// The grace period where nothing else is said. The kubelet restarts a container of a deployment after 10 s at first,
    /// and after twice as long each time, up to 5 minutes: a mesh that is stopped meanwhile would be missing then.
    var usualGracePeriod: String {
        switch self {
        case .job, .cronjob: "2s"
        case .airflow: "5s"
        case .deployment: "6m"
        }
    }
}

/// A release of Airflow, as far as it matters to what its processes look like.
package enum AirflowVersion: String, Hashable, Sendable, CaseIterable {
    case two = "2"
    case three = "3"

    /// What the command line of the process looks like that ends last.
    var commandLine: String {
        switch self {
        case .two: "airflow tasks run |airflow task supervisor:"
        case .three: #" -m airflow\.sdk\.execution_time\.execute_workload "#
        }
    }
}

/// What `knell init` has been told so far, by flags or by answers; nothing in it has been checked.
package struct InitAnswers: Sendable {
    /// A process to wait for.
    package struct Target: Hashable, Sendable {
        /// What the pattern is tried against.
        package enum Subject: Hashable, Sendable {
            case name
            case commandLine
        }

        package let subject: Subject
        package let pattern: String

        package init(_ subject: Subject, _ pattern: String) {
            self.subject = subject
            self.pattern = pattern
        }
    }

    /// The value of `startTimeout` that stands for none.
    package static let noTimeout = "none"

    package var targets: [Target] = []
    /// Names of presets, in the order in which the helpers are to stop.
    package var presets: [String] = []
    package var workload: WorkloadKind?
    package var airflowVersion: AirflowVersion?
    /// Of the ConfigMap.
    package var name = "knell"
    package var namespace: String?
    /// `nil` leaves it to the workload, ``noTimeout`` waits for ever.
    package var startTimeout: String?
    package var gracePeriod: String?
    /// Knell's own.
    package var image: String

    package init(image: String) { self.image = image }

    /// The flags without which nothing can be written.
    package var missingFlags: [String] {
        var flags: [String] = []
        if workload == nil { flags.append("--workload") }
        if targets.isEmpty, workload != .airflow { flags.append("--process or --command-line") }
        if presets.isEmpty { flags.append("--preset") }
        return flags
    }
}

/// Why a value of a flag cannot be used.
package struct InitFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The flag, such as `--process`.
    package let flag: String
    package let value: String
    package let reason: String

    package var description: String { "\(flag) \(YAMLText.scalar(value).printable): \(reason)" }
}

/// All that is wrong with what `knell init` has been told.
package struct InitFaults: Error, Sendable, CustomStringConvertible {
    package let faults: [InitFault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
