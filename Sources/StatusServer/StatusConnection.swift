internal import NIOCore
internal import NIOHTTP1

/// One client: reads one request, answers it, and closes. The last handler of its channel.
///
/// Whoever asks comes every some seconds, so keeping connections would gain nothing; and a client that asks on and never
/// reads could fill the memory with answers. Time is bounded on both ways, whatever trickles: a head has to be whole, and
/// the answer taken, within ``patience``.
final class StatusConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long the client may keep the connection waiting.
    static let patience = TimeAmount.seconds(5)

    private enum Phase {
        /// Waits for a request. Left for `answering` when it is there.
        case reading
        /// Waits for the answer. Left for `closing` when that is on its way.
        case answering
        /// Whatever still comes is dropped.
        case closing
    }

    private let connections: ConnectionList
    private let desk: SnapshotDesk
    private let headLimit: HeadLimit
    private var context: ChannelHandlerContext?
    private var phase = Phase.reading
    private var request: HTTPRequestHead?
    private var deadline: Scheduled<Void>?

    init(_ connections: ConnectionList, _ desk: SnapshotDesk, _ headLimit: HeadLimit) {
        self.connections = connections
        self.desk = desk
        self.headLimit = headLimit
    }

    /// Whether the client waits for Knell, not Knell for the client.
    var isAnswering: Bool { phase == .answering }

    /// Closes at once.
    func close() { context?.close(promise: nil) }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard connections.admit(self) else { return context.close(promise: nil) }
        startDeadline()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
        connections.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase == .reading else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            // What has a body is refused before the body comes; nobody reads it.
            if Route.announcesBody(head) {
                answer(head)
            } else {
                request = head
            }
        case .body: break
        case .end:
            guard let head = request else { return }
            request = nil
            answer(head)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        // It sends no more, but may still read an answer.
        if phase == .reading { close() }
    }

    /// The handlers before have answered 400 where that is possible.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ head: HTTPRequestHead) {
        phase = .answering
        deadline?.cancel()
        headLimit.reset()
        switch Route(head) {
        case .refused(let answer): send(answer, to: head)
        case .page(let page):
            desk.take { [weak self] source in
                let silence = StatusAnswer(status: 503, body: "the main loop does not answer\n")
                self?.send(source?.answer(to: page) ?? silence, to: head)
            }
        }
    }

    private func send(_ answer: StatusAnswer, to request: HTTPRequestHead) {
        // The client may have gone meanwhile.
        guard let context, phase == .answering else { return }
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: answer.contentType.rawValue)
        headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
        headers.add(name: "Cache-Control", value: "no-store")
        if answer.status == 405 { headers.add(name: "Allow", value: Route.allowedMethods) }
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        // Before the end is written: a request that waits behind this one comes from within that call, and is dropped.
        phase = .closing
        startDeadline()
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            self?.close()
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: taken)
    }

    private func startDeadline() {
        deadline?.cancel()
        deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in self?.close() }
    }
}
