internal import Actions
internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// What carries out the actions that the engine asks for.
protocol ActionPerformer: AnyObject {
    func start(_ id: AttemptID, _ action: Action)
    func cancel(_ id: AttemptID)
    func awaitGone(_ id: ActionID, _ reference: ProcessReference)
    func stopAwaitingGone(_ id: ActionID)
    /// When ``deadlineReached(at:)`` is due.
    var nextDeadline: Instant? { get }
    func deadlineReached(at now: Instant)
    /// Prepares for the first request with one of these timeouts, so that it is not slower than the others; tells when
    /// that is over.
    func warmUp(for timeouts: Set<Duration>, completion: @escaping () -> Void)
    /// The programs of actions that run now, by their pids.
    var programs: Set<Int32> { get }
    /// Whether this child was a program of an action, which is then reaped and reported.
    func reap(_ pid: Int32) -> Bool
}

extension ActionRunner: ActionPerformer {}

/// Does nothing, successfully: `--dry-run`.
final class DryRunPerformer: ActionPerformer {
    private let onFinish: (AttemptID, AttemptResult) -> Void
    private let onGone: (ActionID) -> Void

    init(onFinish: @escaping (AttemptID, AttemptResult) -> Void, onGone: @escaping (ActionID) -> Void) {
        self.onFinish = onFinish
        self.onGone = onGone
    }

    func start(_ id: AttemptID, _ action: Action) { onFinish(id, .simulated(action.deed)) }
    func cancel(_ id: AttemptID) {}
    func awaitGone(_ id: ActionID, _ reference: ProcessReference) { onGone(id) }
    func stopAwaitingGone(_ id: ActionID) {}
    var nextDeadline: Instant? { nil }
    func deadlineReached(at now: Instant) {}
    func warmUp(for timeouts: Set<Duration>, completion: @escaping () -> Void) { completion() }
    var programs: Set<Int32> { [] }
    func reap(_ pid: Int32) -> Bool { false }
}
