internal import SupervisorCore

/// An attempt at a step that takes time.
///
/// Whoever makes one hands it a closure that takes the result; it is called at most once, on the loop's thread,
/// and never after ``cancel()``.
protocol RunningAttempt: AnyObject {
    /// Begins; called once. The result may come before this returns.
    func start()

    /// Ends the attempt now and says what is known of it: a fact that has come already, else ``AttemptResult/timedOut``.
    func cancel() -> AttemptResult
}
