import TestSupport
import Testing

@testable import StatusServer

/// Clients that want to do harm, or do not know better.
@Suite(.timeLimit(.minutes(10)))
struct HostileClientTests {
    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
    func refusesOtherMethods(method: String) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("\(method) /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try client.readAnswer()
        #expect(answer.status == 405)
        #expect(answer.headers["allow"] == "GET, HEAD")
    }

    @Test(arguments: [
        ("GET", "Content-Length: 5", "hello", 413), ("GET", "Content-Length: 99999999999", "hello", 413),
        ("GET", "Transfer-Encoding: chunked", "5\r\nhello\r\n", 413), ("POST", "Content-Length: 5", "hello", 405),
        ("POST", "Transfer-Encoding: chunked", "", 405), ("HEAD", "Content-Length: 5", "", 413),
    ])
    func readsNoBody(method: String, header: String, body: String, status: Int) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("\(method) /healthz HTTP/1.1\r\nHost: h\r\n\(header)\r\n\r\n\(body)")
        let answer = try client.readAnswer(toHead: method == "HEAD")
        #expect(answer.status == status)
        #expect(answer.headers["connection"] == "close")
        #expect(try client.readToEnd() == "")
    }

    @Test(arguments: [
        "\r\n\r\n\r\nhello\r\n\r\n", "GET\r\n\r\n", "GET /healthz HTTP/9.9\r\n\r\n", "GET /healthz\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n: empty\r\n\r\n", "GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: h\u{0}\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ])
    func turnsGarbageAway(text: String) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send(text)
        client.closeOutput()
        let answer = try client.readToEnd()
        // Some of it is a head with a body announced, which has an answer of its own.
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        #expect(!answer.contains("200 OK"))
    }

    /// A head beyond every limit, by what is too large about it.
    enum LargeHead: String, CaseIterable {
        case target, value, name, sum, count

        var text: String {
            let fields =
                switch self {
                case .target: ""
                case .value: "X: \(LargeHead.long)\r\n"
                case .name: "\(LargeHead.long): 1\r\n"
                case .sum: String(repeating: "X: \(String(repeating: "a", count: 200))\r\n", count: 50)
                case .count: String(repeating: "X: 1\r\n", count: 100)
                }
            return "GET /healthz\(self == .target ? LargeHead.long : "") HTTP/1.1\r\n\(fields)\r\n"
        }

        private static let long = String(repeating: "a", count: 9_000)
    }

    @Test(arguments: LargeHead.allCases) func endsAHeadThatIsTooLarge(head: LargeHead) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send(head.text)
        let answer = try client.readToEnd()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(100))")
    }

    @Test(arguments: [" ", "\t", "a", "\u{0}", "X: a\r\n"]) func takesNoHeadWithoutEnd(piece: String) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("GET /healthz HTTP/1.1\r\nX: ")
        // The peer closes long before 32 MB, or what is sent is no head any more and is refused.
        let chunk = String(repeating: piece, count: 65_536 / piece.utf8.count)
        var isTaken = true
        for _ in 0..<512 where isTaken { isTaken = client.send(chunk) }
        #expect(!isTaken)
        #expect(try !client.readToEnd().contains("200 OK"))
    }

    @Test(arguments: ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: h\r\n"])
    func closesWhereAHeadIsNotWholeInTime(start: String) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send(start)
        let begin = ContinuousClock.now
        #expect(try !client.readToEnd().contains("200 OK"))
        #expect(ContinuousClock.now - begin > .seconds(4))
    }

    @Test func isNotKeptByAClientThatTrickles() throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("GET /healthz HTTP/1.1\r\n")
        let begin = ContinuousClock.now
        // Each byte would start the clock of a server anew that only looks at silence.
        var count = 0
        while client.send("X") {
            count += 1
            if client.awaitAnything(within: .milliseconds(100)) { break }
            if ContinuousClock.now - begin > .seconds(50) { break }
        }
        #expect(ContinuousClock.now - begin < .seconds(50))
        #expect(count > 1)
    }

    @Test func closesAConnectionOnWhichNothingMoreIsAsked() throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        #expect(try client.get("/healthz").status == 200)
        #expect(try client.readToEnd() == "")
    }

    @Test func closesOnAReaderThatStandsStill() throws {
        let bench = try ServerBench(answerLength: 32 << 20)
        let client = try RawClient(port: bench.port, receiveBuffer: 4_096)
        client.send("GET /status HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.awaitAnything(within: ChildProcess.patience))
        // Who connects now is closed upon later than the reader, whose time began before.
        #expect(try RawClient(port: bench.port).readToEnd() == "")
        #expect(try client.readToEnd().utf8.count < 32 << 20)
    }

    @Test func holdsOneAnswerForAClientThatAsksOnAndNeverReads() throws {
        let bench = try ServerBench()
        let clients = try (0..<20).map { _ in try RawClient(port: bench.port) }
        let requests = String(repeating: "GET /status HTTP/1.1\r\nHost: h\r\n\r\n", count: 1_000)
        for client in clients { client.send(requests) }
        // One question each at the most, and nobody is shut out.
        #expect(try RawClient(port: bench.port).get("/healthz").status == 200)
        #expect(bench.questionCount <= clients.count + 1)
    }

    @Test func shutsNobodyOutForConnectionsThatAreOnlyHeld() throws {
        let bench = try ServerBench()
        let held = try (0..<100).map { _ in try RawClient(port: bench.port) }
        for client in held { client.send("GET /hea") }
        #expect(try RawClient(port: bench.port).get("/healthz").status == 200)
        // The oldest were closed for the newest, before their time.
        let begin = ContinuousClock.now
        #expect(try held[0].readToEnd() == "")
        #expect(ContinuousClock.now - begin < .seconds(4))
    }

    @Test func isUnhealthyWhereTheMainLoopIsSilent() throws {
        let bench = try ServerBench(.silent)
        for _ in 0..<2 {
            let answer = try RawClient(port: bench.port).get("/healthz")
            #expect(answer.status == 503)
            #expect(answer.body == "the main loop does not answer\n")
        }
        #expect(bench.questionCount == 1)
        #expect(try RawClient(port: bench.port).get("/nowhere").status == 404)
        // It answers again: what is asked from now on is answered, the question of before has served its time.
        try bench.answerNext()
        let client = try RawClient(port: bench.port)
        client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        try bench.answerNext()
        #expect(try client.readAnswer().body == "/healthz 2\n")
    }

    @Test func doesNotMindClientsThatAreGone() throws {
        let bench = try ServerBench()
        for _ in 0..<50 { try RawClient(port: bench.port).send("GET /status HTTP/1.1\r\nHost: h\r\n\r\n") }
        #expect(try RawClient(port: bench.port).get("/healthz").status == 200)
    }
}
