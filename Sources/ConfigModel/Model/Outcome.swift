/// How the life of a target, or of a rule, ended.
///
/// Ordered by precedence: where several meet, the greatest is the rule's.
package enum Outcome: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Every counted process exited with status 0.
    case succeeded
    /// Some process's status cannot be known, and none is known to have failed.
    case unknown
    /// A counted process exited non-zero or was killed by a signal.
    case failed
    /// Nothing matched within `startTimeout`.
    case notStarted
    /// Knell was told to stop before the target ended.
    case terminated

    /// The name that configuration, log and verdict use.
    package var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .unknown: "unknown"
        case .failed: "failed"
        case .notStarted: "notStarted"
        case .terminated: "terminated"
        }
    }

    package static func < (left: Outcome, right: Outcome) -> Bool { left.rawValue < right.rawValue }
}
