package import ConfigModel

/// What the shell is to do, in the imperative and in this order.
package enum Effect: Hashable, Sendable {
    /// Look once through the process table, and answer with `scanned` or `scanFailed`.
    case scan([TargetQuery])
    /// Report the end of this process with `exited`, at once where it has ended already.
    case watch(ProcessIdentity)
    /// The end of this process is of no more interest.
    case unwatch(ProcessIdentity)
    /// Begin an attempt, and answer with `attemptFinished`.
    case start(AttemptID, Action)
    /// End a running attempt now; it is answered with `attemptFinished` all the same.
    case cancel(AttemptID)
    /// Report with `processesGone` once none of these processes is left.
    case awaitGone(ActionID, ProcessReference)
    /// Stop waiting for processes to be gone.
    case stopAwaitingGone(ActionID)
    /// Tell the user.
    case log(LogRecord)
}
