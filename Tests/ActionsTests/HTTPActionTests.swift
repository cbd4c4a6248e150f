import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct HTTPActionTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"

    @Test(
        arguments: [
            (.answer(200), .answered(status: 200)),
            (.answer(200, body: "bye"), .answered(status: 200)),
            (.answer(204), .answered(status: 204)),
            (.answer(404, body: "no such page"), .answered(status: 404)),
            (.answer(503), .answered(status: 503)),
            (.answer(302, headers: ["Location: http://127.0.0.1:1/elsewhere"]), .answered(status: 302)),
            (.send("HTTP/1.1 100 Continue\r\n\r\n" + head + "0123456789"), .answered(status: 200)),
            (.send("HTTP/1.0 200 OK\r\n\r\nuntil the end"), .answered(status: 200)),
            (.send(head + "01234"), .answered(status: 200)),
            (.sendAndReset(head + "01234"), .answered(status: 200)),
            (.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk"), .answered(status: 200)),
            (.send("HTTP/1.1 2"), .dropped),
            (.send("HTTP/1.1 200 OK\r\nContent-Len"), .dropped),
            (.send(""), .dropped),
            (.closeAtOnce, .dropped),
            (.reset, .dropped),
        ] as [(ScriptedServer.Step, AttemptResult)])
    func tellsWhatThePeerDid(step: ScriptedServer.Step, expected: AttemptResult) throws {
        let server = try ScriptedServer(script: [step])
        let harness = try RunnerHarness()
        #expect(try harness.run(.http(.testing("http://127.0.0.1:\(server.port)/quit"))) == expected)
        #expect(server.acceptedCount == 1)
    }

    @Test(arguments: ["220 mail.example.org ESMTP\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc OK\r\n\r\n"])
    func aPeerThatSpeaksNoHTTPFailsForNow(greeting: String) throws {
        let server = try ScriptedServer(script: [.send(greeting)])
        let result = try RunnerHarness().run(.http(.testing("http://127.0.0.1:\(server.port)/quit")))
        #expect(result.reason?.hasPrefix("the answer is no HTTP: ") == true, "\(result)")
        #expect(result.isTransient == true)
    }

    @Test func everyAttemptHasAConnectionOfItsOwn() throws {
        let server = try ScriptedServer(script: [.answer(503), .answer(503), .answer(200)])
        let harness = try RunnerHarness()
        let request = try Action.Kind.http(.testing("http://127.0.0.1:\(server.port)/quit"))
        let results = try (1...3).map { _ in try harness.run(request) }
        #expect(results == [.answered(status: 503), .answered(status: 503), .answered(status: 200)])
        #expect(server.acceptedCount == 3)
    }

    @Test func sendsExactlyThisRequest() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let request = try HTTPRequest.testing(
            "http://127.0.0.1:\(server.port)/a/b%20c?graceful&x=1",
            headers: [("x-reason", .text("main ended")), ("dapr-api-token", .text("t0ken"))], body: "{}")
        _ = try RunnerHarness().run(.http(request))
        #expect(
            server.requests == [
                "POST /a/b%20c?graceful&x=1 HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nx-reason: main ended\r\n"
                    + "dapr-api-token: t0ken\r\nConnection: close\r\nUser-Agent: knell\r\nContent-Length: 2\r\n\r\n{}"
            ])
    }

    @Test(arguments: [("POST", true), ("PUT", true), ("GET", false)])
    func anEmptyBodyHasALengthWhereTheMethodWantsOne(method: String, hasLength: Bool) throws {
        let server = try ScriptedServer(script: [.answer(200)])
        _ = try RunnerHarness().run(.http(.testing("http://127.0.0.1:\(server.port)", method: method)))
        let length = hasLength ? "Content-Length: 0\r\n" : ""
        #expect(
            server.requests == [
                "\(method) / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nConnection: close\r\nUser-Agent: knell\r\n"
                    + "\(length)\r\n"
            ])
    }

    @Test(arguments: ["//a//b", "/a;b=c/..%2F?q=%7B%22x%22:1%7D&y", "/?", "/quit?a+b&c=d/e?f"])
    func theRequestTargetIsSentAsConfigured(target: String) throws {
        let server = try ScriptedServer(script: [.answer(200)])
        _ = try RunnerHarness().run(.http(.testing("http://127.0.0.1:\(server.port)\(target)")))
        #expect(server.requests.first?.hasPrefix("POST \(target) HTTP/1.1\r\n") == true, "\(server.requests)")
    }

    @Test func headersOfTheConfigurationReplaceItsOwnExceptThoseOfTheConnection() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let headers: [(String, HTTPRequest.HeaderValue)] = [
            ("host", .text("admin.local")), ("user-agent", .text("curl")), ("connection", .text("keep-alive")),
        ]
        _ = try RunnerHarness().run(.http(.testing("http://127.0.0.1:\(server.port)/", headers: headers)))
        #expect(
            server.requests == [
                "POST / HTTP/1.1\r\nHost: admin.local\r\nuser-agent: curl\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            ])
    }

    @Test func speaksThroughAUnixSocket() throws {
        let directory = try ScratchDirectory()
        let server = try ScriptedServer(.unix(path: directory.file("admin.sock")), script: [.answer(200)])
        let url = "http+unix://" + directory.file("admin.sock").replacingSlashes + "/quit?now"
        #expect(try RunnerHarness().run(.http(.testing(url))) == .answered(status: 200))
        #expect(server.requests.first?.hasPrefix("POST /quit?now HTTP/1.1\r\nHost: localhost\r\n") == true)
    }

    @Test func speaksIPv6() throws {
        guard let server = try? ScriptedServer(.ipv6, script: [.answer(200)]) else {
            try Test.cancel("this machine has no IPv6 loopback")
        }
        #expect(try RunnerHarness().run(.http(.testing("http://[::1]:\(server.port)/"))) == .answered(status: 200))
        #expect(server.requests.first?.hasPrefix("POST / HTTP/1.1\r\nHost: [::1]:\(server.port)\r\n") == true)
    }

    @Test func aNameIsTriedAtAllItsAddresses() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        #expect(try RunnerHarness().run(.http(.testing("http://localhost:\(server.port)/"))) == .answered(status: 200))
        #expect(server.requests.first?.contains("Host: localhost:\(server.port)\r\n") == true)
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "localhost"])
    func nobodyListeningIsARefusal(host: String) throws {
        let server = try ScriptedServer(script: [])
        let port = server.port
        server.stop()
        try RunnerHarness().waitUntilRefused(port)
        let result = try RunnerHarness().run(.http(.testing("http://\(host):\(port)/")))
        if host == "[::1]", result.reason?.contains("EADDRNOTAVAIL") == true {
            try Test.cancel("this machine has no IPv6 loopback")
        }
        #expect(result == .refused)
    }

    @Test func aSocketThatIsNotThereIsARefusal() throws {
        let directory = try ScratchDirectory()
        let url = "http+unix://" + directory.file("none.sock").replacingSlashes + "/quit"
        #expect(try RunnerHarness().run(.http(.testing(url))) == .refused)
        try directory.write("", to: "none.sock")
        #expect(try RunnerHarness().run(.http(.testing(url))) == .refused)
    }

    @Test func aNameThatDoesNotResolveFailsForNow() throws {
        let result = try RunnerHarness().run(.http(.testing("http://knell-test.invalid:1/quit?secret=1")))
        #expect(result.reason?.hasPrefix("the name knell-test.invalid does not resolve") == true, "\(result)")
        #expect(result.isTransient == true)
    }

    @Test func readsLittleOfABodyThatDoesNotEnd() throws {
        let length = 1 << 30
        let server = try ScriptedServer(script: [.sendBody(length: length)])
        let result = try RunnerHarness().run(.http(.testing("http://127.0.0.1:\(server.port)/")))
        #expect(result == .answered(status: 200))
        #expect(server.bodyBytesSent < length / 4)
    }
}

extension String {
    /// The path as the host of a URL.
    var replacingSlashes: String { String(flatMap { $0 == "/" ? Array("%2F") : [$0] }) }
}

extension RunnerHarness {
    /// Waits until the listener of that port is closed, which another thread does.
    func waitUntilRefused(_ port: UInt16) throws {
        try wait(for: "port \(port) to be closed") {
            let socket = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = unsafe withUnsafeBytes(of: &address) { bytes in
                unsafe connect(
                    socket.raw, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
            if result != 0, errno == ECONNREFUSED { return true }
            sched_yield()
            try loop.wait(until: MonotonicClock.now())
            return false
        }
    }
}
