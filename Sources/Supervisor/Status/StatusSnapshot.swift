internal import Presentation
internal import StatusServer
internal import SupervisorCore

/// All that the pages of one moment tell, taken on the main thread and rendered on the server's.
struct StatusSnapshot: Hashable, Sendable {
    /// What does not change during a run.
    struct Identity: Hashable, Sendable {
        let version: String
        let isDryRun: Bool
        /// Milliseconds since the beginning of 1970.
        let startedAt: Int64
    }

    /// The command of `knell exec`.
    struct Command: Hashable, Sendable {
        enum State: String, Hashable, Sendable {
            /// It waits for what `--wait-for` names.
            case waiting
            case running
            case ended
            case notStarted
        }

        let state: State
        let pid: Int32?
        /// How it ended; `nil` before.
        let status: ExitStatus?
    }

    let identity: Identity
    let uptime: Duration
    /// The time at which the snapshot was taken, on the engine's clock.
    let now: Instant
    let run: RunStatus
    /// `nil` in `knell run`.
    let command: Command?
    let tally: Tally
    /// Lines of the log that nobody read.
    let droppedLines: Int
}

extension StatusSnapshot: StatusSource {
    func answer(to page: StatusPage) -> StatusAnswer {
        switch page {
        // That there is a snapshot is the news: the main loop has taken it.
        case .health: return StatusAnswer(body: "ok\n")
        case .readiness:
            // A command that has not started makes nothing ready, whether there are rules or not.
            let waiting =
                (command?.state == .waiting ? ["the command\n"] : [])
                + run.rules.filter { $0.state == .waiting }.map { $0.name + "\n" }
            return waiting.isEmpty ? StatusAnswer(body: "ok\n") : StatusAnswer(status: 503, body: waiting.joined())
        case .status: return StatusAnswer(.json, body: document.pretty + "\n")
        case .metrics: return StatusAnswer(.metrics, body: MetricsText(of: self).text)
        }
    }
}
