import LinuxProcesses
import Synchronization
import TestSupport

@testable import StatusServer

/// A server of this process, and what stands for the main loop behind it.
final class ServerBench: Sendable {
    /// What stands for the snapshot: its pages say which one it is, and for how long.
    struct Source: StatusSource {
        let number: Int
        let length: Int

        func answer(to page: StatusPage) -> StatusAnswer {
            let text = "\(page.rawValue) \(number)\n"
            return StatusAnswer(body: text + String(repeating: "x", count: max(0, length - text.utf8.count)))
        }
    }

    /// How the main loop behaves.
    enum Loop {
        /// Answers at once.
        case busy
        /// Keeps every question until it is told to answer it.
        case silent
    }

    private struct State {
        var asked = 0
        var kept: [StatusQuestion] = []
    }

    private final class Desk: Sendable {
        let state = Mutex(State())
    }

    private let desk = Desk()
    private let server: StatusServer
    private let length: Int

    var port: UInt16 { server.address.port }

    init(_ loop: Loop = .busy, answerLength length: Int = 0, address: String = "127.0.0.1:0") throws {
        let desk = desk
        self.length = length
        server = try StatusServer(on: ListenAddress(parsing: address)) { question in
            let number = desk.state.withLock { state in
                state.asked += 1
                if case .silent = loop { state.kept.append(question) }
                return state.asked
            }
            if case .busy = loop { question.answer(with: Source(number: number, length: length)) }
        }
    }

    /// How many questions have come so far.
    var questionCount: Int { desk.state.withLock { $0.asked } }

    /// Answers the oldest question that was kept, once there is one.
    func answerNext() throws {
        let deadline = ContinuousClock.now + ChildProcess.patience
        while ContinuousClock.now < deadline {
            let (question, number) = desk.state.withLock { state in
                (state.kept.isEmpty ? nil : state.kept.removeFirst(), state.asked - state.kept.count)
            }
            if let question { return question.answer(with: Source(number: number, length: length)) }
        }
        throw CheckFailure("nobody asks")
    }
}
