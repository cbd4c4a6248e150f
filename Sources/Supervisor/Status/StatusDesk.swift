internal import Glibc
internal import LinuxProcesses
internal import StatusServer
internal import SupervisorCore

/// The main thread's end of the status listener: keeps the tally and answers the server's questions.
///
/// There is one only where a listener was asked for.
final class StatusDesk {
    private let identity: StatusSnapshot.Identity
    private let startedAt: Instant
    private let log: EventLog
    private let server: StatusServer
    private let state: State

    /// What the mailbox's handler shares with the desk.
    private final class State {
        var tally = Tally()
        var answer: ((StatusQuestion) -> Void)?
        /// A question that came before there was anything to tell; the server asks no second one before its answer.
        var early: StatusQuestion?

        func receive(_ question: StatusQuestion) {
            if let answer { answer(question) } else { early = question }
        }
    }

    /// Listens, and answers once ``begin(_:)`` has told where the run stands.
    ///
    /// - Throws: ``SystemCallError`` where the address cannot be had.
    init(
        on address: ListenAddress, version: String, isDryRun: Bool, loop: EventLoop, log: EventLog
    ) throws(SystemCallError) {
        let state = State()
        let mailbox = try loop.makeMailbox(of: StatusQuestion.self) { state.receive($0) }
        server = try StatusServer(on: address, ask: mailbox.send)
        identity = StatusSnapshot.Identity(version: version, isDryRun: isDryRun, startedAt: Timestamp.milliseconds())
        startedAt = MonotonicClock.now()
        self.log = log
        self.state = state
        log.observer = { record, time in state.tally.count(record, at: time) }
    }

    /// The port that was taken.
    var port: UInt16 { server.address.port }

    /// Says where it listens, and answers from now on with what `run` tells.
    func begin(_ run: @escaping () -> (run: RunStatus, command: StatusSnapshot.Command?)?) {
        state.answer = { [weak self] question in
            guard let self, let now = run() else { return }
            question.answer(with: snapshot(of: now.run, now.command))
        }
        if let early = state.early {
            state.early = nil
            state.receive(early)
        }
        log.write(LogRecord(.statusListening).with { $0.note = "\(server.address)" })
    }

    /// Counts what no log record tells.
    func note(_ event: Event) {
        if case .scanFailed = event { state.tally.countScanFailure() }
    }

    /// Counts what no log record tells.
    func note(_ effect: Effect) {
        if case .scan = effect { state.tally.countScan() }
    }

    private func snapshot(of run: RunStatus, _ command: StatusSnapshot.Command?) -> StatusSnapshot {
        let now = MonotonicClock.now()
        state.tally.keep(run.rules.map(\.name))
        return StatusSnapshot(
            identity: identity, uptime: now - startedAt, now: now, run: run, command: command, tally: state.tally,
            droppedLines: log.droppedTotal)
    }
}
