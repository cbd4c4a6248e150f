import LinuxProcesses
import TestSupport
import Testing

@testable import StatusServer

/// Clients that do as they should.
@Suite(.timeLimit(.minutes(10)))
struct StatusServerTests {
    @Test(arguments: StatusPage.allCases) func answersEveryPage(page: StatusPage) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        let answer = try client.get(page.rawValue)
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix("\(page.rawValue) "))
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(Set(answer.headers.keys) == ["content-type", "content-length", "cache-control", "connection"])
    }

    @Test(arguments: ["/healthz?verbose=1", "http://localhost:1/healthz", "HTTP://h/healthz"])
    func understands(target: String) throws {
        #expect(try RawClient(port: ServerBenches.busy.port).get(target).body.hasPrefix("/healthz "))
    }

    @Test(arguments: ["/", "/healthz/", "/Healthz", "//healthz", "/metrics/../healthz", "http://h", "*", "/%68ealthz"])
    func namesThePagesWhereThereIsNone(target: String) throws {
        let answer = try RawClient(port: ServerBenches.busy.port).get(target)
        #expect(answer.status == 404)
        #expect(answer.body == "no such page; there are\n/healthz\n/readyz\n/status\n/metrics\n")
    }

    @Test func answersAHeadWithoutItsBody() throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try client.readAnswer(toHead: true)
        #expect(answer.status == 200)
        #expect((answer.headers["content-length"].flatMap { Int($0) } ?? 0) > 0)
        #expect(try client.readToEnd() == "")
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET /healthz HTTP/1.0\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ])
    func closesBehindItsAnswer(request: String) throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send(request)
        let answer = try client.readAnswer()
        #expect(answer.status == 200 && answer.headers["connection"] == "close")
        #expect(try client.readToEnd() == "")
    }

    @Test func answersAClientThatHasClosedItsHalf() throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        client.closeOutput()
        #expect(try client.readAnswer().status == 200)
        #expect(try client.readToEnd() == "")
    }

    @Test func answersTheFirstOfPipelinedRequestsAlone() throws {
        let client = try RawClient(port: ServerBenches.busy.port)
        client.send("GET /status HTTP/1.1\r\nHost: h\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try client.readAnswer().body.hasPrefix("/status "))
        #expect(try client.readToEnd() == "")
    }

    @Test func listensOnAllInterfacesInBothVersionsOfIP() throws {
        let bench = try ServerBench(address: ":0")
        #expect(try RawClient(port: bench.port).get("/healthz").status == 200)
        guard let client = try? RawClient(port: bench.port, ipv6: true) else { return }
        #expect(try client.get("/healthz").status == 200)
    }

    @Test(arguments: ["127.0.0.1", "localhost"]) func saysWhichPortIsTaken(host: String) throws {
        let bench = try ServerBench()
        let error = try requireError(SystemCallError.self) { try ServerBench(address: "\(host):\(bench.port)") }
        #expect(error.description == "bind 127.0.0.1:\(bench.port): Address already in use (EADDRINUSE)")
    }
}

/// Servers that several tests may use at once.
enum ServerBenches {
    static let busy: ServerBench = {
        do {
            return try ServerBench()
        } catch {
            preconditionFailure("no server: \(error)")
        }
    }()
}
