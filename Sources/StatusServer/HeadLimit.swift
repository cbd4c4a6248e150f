internal import NIOCore

/// Closes a connection whose bytes make no request. The first handler of its channel.
///
/// The parser's limits are for what it keeps; blanks that it skips would cost time without end.
final class HeadLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// More than the largest head that the parser takes, with its separators and what is read behind it.
    private static let limit = 16_384

    private var count = 0

    /// Counts anew, since a request was whole.
    func reset() { count = 0 }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count += unwrapInboundIn(data).readableBytes
        if count > Self.limit {
            context.close(promise: nil)
        } else {
            context.fireChannelRead(data)
        }
    }
}
