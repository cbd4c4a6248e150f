package import ConfigModel

/// What happened, in the past tense: all that the engine ever learns.
package enum Event: Hashable, Sendable {
    /// A way in which Knell is told to stop.
    package enum StopRequest: Hashable, Sendable {
        /// SIGTERM: the configuration's `onTerminate` decides; a second one stops at once.
        case terminate
        /// SIGINT: stop at once.
        case interrupt
    }

    /// Knell is up; sent once, first.
    case started
    /// The scan that ``Effect/scan(_:)`` asked for is done.
    case scanned(ScanResult)
    /// The scan that ``Effect/scan(_:)`` asked for could not be done.
    case scanFailed(reason: String)
    /// A watched process ended.
    case exited(ProcessIdentity, ExitReport)
    /// An attempt came to its end, by itself or because it was cancelled. Sent once for every attempt.
    case attemptFinished(AttemptID, AttemptResult)
    /// No process is left of those that ``Effect/awaitGone(_:_:)`` asked for.
    case processesGone(ActionID)
    case stopRequested(StopRequest)
    /// What every rule waits for will not come, so all that have not fired do so, with this outcome.
    case abandoned(Outcome)
    /// The configuration has changed, and the new version is valid.
    case reloaded(Plan)
    /// The time of ``Engine/nextDeadline`` has come.
    case deadlineReached
}
