package import ConfigModel
package import LinuxProcesses
internal import SupervisorCore

/// One GET for somebody who wants to know whether a peer is well. It waits for the answer itself and has no other work.
package final class Probe {
    /// What came of it.
    package enum Finding: Hashable, Sendable {
        /// The status, and the first bytes of the body.
        case answered(status: Int, bodyStart: [UInt8])
        case refused
        case dropped
        case timedOut
        case failed(reason: String)
    }

    /// The most that is kept of a body.
    package static let bodyLimit = 200

    /// The peer for messages: without the path and the query of the URL, which may hold secrets.
    package var peerName: String { url.peer.name }

    private let url: HTTPURL
    private let timeout: Duration
    private let loop: EventLoop
    private let desk: ReplyDesk
    private let transport = HTTPTransport(keepingOfBody: bodyLimit)
    private let outline: RequestOutline

    /// - Throws: ``SystemCallError`` for want of descriptors or memory.
    package init(
        _ url: HTTPURL, timeout: Duration, tls: TLSSettings
    ) throws(SystemCallError) {
        self.url = url
        self.timeout = timeout
        loop = try EventLoop()
        desk = try ReplyDesk(on: loop)
        outline = RequestOutline(method: "GET", url: url, headers: [], body: Secret(""), tls: tls)
    }

    /// Makes the request; returns within the timeout, however the peer behaves.
    ///
    /// - Throws: ``SystemCallError`` where waiting itself fails.
    package func run() throws(SystemCallError) -> Finding {
        let deadline = MonotonicClock.now() + timeout
        var result: AttemptResult?
        let attempt = HTTPAttempt(outline, timeout: timeout, transport: transport, desk: desk) { result = $0 }
        attempt.start()
        while true {
            if let result { return finding(result, attempt) }
            try loop.wait(until: deadline)
            // Whoever has sent a whole head has answered, though the body hangs.
            if result == nil, MonotonicClock.now() >= deadline { result = attempt.cancel() }
        }
    }

    private func finding(_ result: AttemptResult, _ attempt: HTTPAttempt) -> Finding {
        switch result {
        case .answered(let status): .answered(status: status, bodyStart: attempt.bodyStart)
        case .refused: .refused
        case .dropped: .dropped
        case .timedOut: .timedOut
        case .failed(let reason, _): .failed(reason: reason)
        case .done, .exited, .signalled, .simulated:
            preconditionFailure("a request came to \(result), which none does")
        }
    }
}
