internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// One HTTP exchange that is under way.
struct Exchange {
    private let task: HTTPClient.Task<Void>
    private let delegate: ExchangeDelegate

    init(_ task: HTTPClient.Task<Void>, _ delegate: ExchangeDelegate) {
        self.task = task
        self.delegate = delegate
    }

    /// The status, once the whole head of the answer has come.
    var status: Int? { delegate.status }

    /// The beginning of the body, as far as the transport keeps it.
    var bodyStart: [UInt8] { delegate.bodyStart }

    /// Gives up: the connection is closed.
    func cancel() { task.cancel() }
}

/// Keeps the status of an answer, and of its body as much as somebody wants: mostly nothing. Called by the client's thread.
final class ExchangeDelegate: HTTPClientResponseDelegate {
    /// The body is of no interest, but a peer that is asked to quit should get rid of what it says about that.
    private static let bodyLimit = 65_536

    /// The body went on beyond what is read of it.
    struct BodyTooLong: Error {}

    private struct State {
        var status: Int?
        var bodyLength = 0
        var bodyStart: [UInt8] = []
    }

    private let state = Mutex(State())
    private let keptLimit: Int

    /// Keeps the first `keptLimit` bytes of the body.
    init(keeping keptLimit: Int) { self.keptLimit = keptLimit }

    /// The status, once the whole head of the answer has come.
    var status: Int? { state.withLock { $0.status } }

    /// What is kept of the body, as far as it has come.
    var bodyStart: [UInt8] { state.withLock { $0.bodyStart } }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.status = Int(head.status.code) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let length = state.withLock { state in
            state.bodyLength += buffer.readableBytes
            let room = keptLimit - state.bodyStart.count
            if room > 0 { state.bodyStart += buffer.readableBytesView.prefix(room) }
            return state.bodyLength
        }
        return length > Self.bodyLimit
            ? task.eventLoop.makeFailedFuture(BodyTooLong()) : task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}
}
