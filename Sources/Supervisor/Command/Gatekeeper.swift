internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// Asks what the command waits for, as its ``StartGate`` decides.
final class Gatekeeper {
    /// The rule number that its attempts go by; rules of the engine count from 0.
    private static let rule = RuleID(-2)

    private let requests: [Action]
    private let performer: any ActionPerformer
    private var gate: StartGate
    private var serial = 0
    /// The last attempt at each request.
    private var attempts: [Int: AttemptID] = [:]

    /// A gatekeeper that has not begun; the time runs from now on.
    init(_ urls: [HTTPURL], timeout: Duration, performer: any ActionPerformer) {
        requests = urls.map(Action.asking)
        self.performer = performer
        gate = StartGate(requests, timeout: timeout, at: MonotonicClock.now())
    }

    /// Whether an attempt is one of a gatekeeper.
    static func owns(_ id: AttemptID) -> Bool { id.action.rule == rule }

    var state: StartGate.State { gate.state }

    /// When ``advance()`` is due.
    var nextDeadline: Instant? { gate.nextDeadline }

    /// What is waited for, without the queries of URLs.
    var description: String { requests.map(\.deed).joined(separator: ", ") }

    /// What has not been answered when the time was over, and why.
    var missing: String {
        guard case .timedOut(let faults) = gate.state else { return "" }
        return faults.sorted { $0.key < $1.key }.map { "\(requests[$0.key].deed): \($0.value)" }.joined(separator: "; ")
    }

    /// Begins what is due, and ends what has taken too long. Attempts may finish before this returns.
    func advance() { perform(gate.advance(at: MonotonicClock.now())) }

    /// Takes down what came of an attempt of its own.
    func attemptFinished(_ id: AttemptID, _ result: AttemptResult) {
        gate.attemptFinished(id.action.index, result, at: MonotonicClock.now())
    }

    /// Waits no longer.
    func giveUp() { perform(gate.giveUp()) }

    private func perform(_ effects: [StartGate.Effect]) {
        for effect in effects {
            switch effect {
            case .attempt(let index):
                serial += 1
                let id = AttemptID(action: ActionID(rule: Self.rule, index: index), serial: serial)
                attempts[index] = id
                performer.start(id, requests[index])
            case .cancel(let index): if let id = attempts[index] { performer.cancel(id) }
            }
        }
    }
}
