internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The most bytes of a request's target, and of all its header fields.
private let fieldsLimit = 8_192
/// The most header fields of a request.
private let fieldCountLimit = 64
/// What is read at once: pipelined requests beyond it wait in the kernel.
private let readSize = 4_096

/// Accepts and answers connections to a listening socket, which belongs to the channel from now on.
func serve(
    _ listener: Int32, on group: any EventLoopGroup, _ ask: @escaping @Sendable (StatusQuestion) -> Void
) throws -> any Channel {
    let loop = group.next()
    let shared = try loop.submit {
        NIOLoopBound((ConnectionList(), SnapshotDesk(on: loop, ask: ask)), eventLoop: loop)
    }.wait()
    return try ServerBootstrap(group: loop)
        .serverChannelInitializer { server in
            server.eventLoop.makeCompletedFuture {
                // Where accept(2) finds no descriptor it is tried again after a second, not at once and for ever.
                try server.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
            }
        }
        .serverChannelOption(.maxMessagesPerRead, value: 1)
        // A client may close its half once the request is sent, as netcat does.
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readSize))
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let (connections, desk) = shared.value
                guard connections.hasRoom else { throw ChannelError.ioOnClosedChannel }
                try addHandlers(to: channel, connections, desk)
            }
        }
        .withBoundSocket(listener).wait()
}

/// Makes a connection of a channel: what its bytes pass, from the kernel to the answer.
func addHandlers(
    to channel: any Channel, _ connections: ConnectionList, _ desk: SnapshotDesk
) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = fieldsLimit
    limits.maxHeaderListSize = fieldsLimit
    limits.maxHeaderFieldCount = fieldCountLimit
    let pipeline = channel.pipeline.syncOperations
    let headLimit = HeadLimit()
    try pipeline.addHandler(headLimit)
    try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: true, withErrorHandling: true, withOutboundHeaderValidation: true,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(StatusConnection(connections, desk, headLimit))
}
