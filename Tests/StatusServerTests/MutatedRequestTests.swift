import NIOCore
import NIOEmbedded
import Testing

@testable import StatusServer

/// Requests that are bent at random, through the very handlers of a connection, without a socket.
///
/// A fuzzer would mostly try NIO's parser, which has one of its own; so a seeded few thousand have to do.
struct MutatedRequestTests {
    private struct Source: StatusSource {
        func answer(to page: StatusPage) -> StatusAnswer { StatusAnswer(body: "\(page.rawValue)\n") }
    }

    /// Takes nothing once the channel is closed, as a socket does and an embedded channel does not.
    private final class Socket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            guard context.channel.isActive else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            context.write(data, promise: promise)
        }
    }

    /// SplitMix64: the same numbers in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let requests = [
        "GET /status HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD /healthz HTTP/1.0\r\n\r\n",
        "GET http://h:1/metrics?x=1 HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n",
        "POST /readyz HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
        "GET /status HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nGET /status HTTP/1.1\r\n\r\n",
    ]
    private static let words = [
        "\r\n", "\0", " ", ":", "HTTP/1.1", "HTTP/9.9", "GET ", "/", "Content-Length: 99999999999999999999", "é",
    ]

    /// Bends a request in one to six places.
    private func bend(_ request: String, _ numbers: inout Numbers) -> [UInt8] {
        var bytes = Array(request.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
            let place = Int.random(in: 0...bytes.count, using: &numbers)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + 3))
            case 2: bytes.insert(contentsOf: Array((Self.words.randomElement(using: &numbers) ?? "").utf8), at: place)
            default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &numbers) }
            }
        }
        return bytes
    }

    /// What the channel writes for these bytes, given piece by piece.
    private func answer(to bytes: [UInt8], _ numbers: inout Numbers) throws -> String {
        let channel = EmbeddedChannel()
        let desk = SnapshotDesk(on: channel.embeddedEventLoop) { $0.answer(with: Source()) }
        let connections = ConnectionList()
        try channel.pipeline.syncOperations.addHandler(Socket())
        try addHandlers(to: channel, connections, desk)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/client")).wait()
        var rest = bytes[...]
        while !rest.isEmpty, channel.isActive {
            let piece = rest.prefix(Int.random(in: 1...64, using: &numbers))
            rest = rest.dropFirst(piece.count)
            // What cannot be read is answered, or the connection closed, by the handlers; neither is a fault here.
            _ = try? channel.writeInbound(ByteBuffer(bytes: piece))
            channel.embeddedEventLoop.run()
        }
        var answer: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { answer += part.readableBytesView }
        // Whatever has come, time ends the connection.
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(!channel.isActive)
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return String(decoding: answer, as: UTF8.self)
    }

    @Test(arguments: 0..<UInt64(8)) func anyBytesGetAnAnswerOrNone(seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        var answered = 0
        for _ in 0..<400 {
            let request = bend(Self.requests.randomElement(using: &numbers) ?? "", &numbers)
            let text = try answer(to: request, &numbers)
            guard !text.isEmpty else { continue }
            answered += 1
            let codes = [
                "200 OK", "400 Bad Request", "404 Not Found", "405 Method Not Allowed", "413 Payload Too Large",
            ]
            #expect(
                codes.contains { text.hasPrefix("HTTP/1.1 \($0)\r\n") || text.hasPrefix("HTTP/1.0 \($0)\r\n") },
                "\(text)")
            // What is garbage behind a request that waits for its answer gets NIO's 400 behind that.
            let answers = text.split(separator: "HTTP/1.")
            #expect(answers.count == 1 || answers.count == 2 && answers[1].contains("400 Bad Request"), "\(text)")
        }
        // Not everything that is bent is broken.
        #expect(answered > 100)
    }
}
