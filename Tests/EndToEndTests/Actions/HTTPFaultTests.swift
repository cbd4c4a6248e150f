import Glibc
import TestSupport
import Testing

/// Endpoints that answer wrongly, half, late, too much or not at all: bounded, reported, and the rest goes on.
@Suite(.timeLimit(.minutes(10)))
struct HTTPFaultTests {
    /// The rule's last action, so that its file shows that the failure held nothing up.
    private func run(
        _ server: ScriptedServer, _ http: String = "", _ keys: String = "retry: {attempts: 1}",
        environment: [String] = [], wrapper: [String] = []
    ) throws -> (knell: KnellRun, code: Int32, wasNextDone: Bool) {
        try run(
            url: "http://127.0.0.1:\(server.port)/quit", http, keys, environment: environment, wrapper: wrapper)
    }

    private func run(
        url: String, _ http: String = "", _ keys: String = "retry: {attempts: 1}",
        environment: [String] = [], wrapper: [String] = []
    ) throws -> (knell: KnellRun, code: Int32, wasNextDone: Bool) {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{http: {url: '\(url)'\(http.isEmpty ? "" : ", " + http)}, \(keys)}",
                    "touch: \(directory.file("next"))",
                ]),
            wrapper: wrapper, environment: environment)
        try knell.await("rule.watching")
        try main.exit()
        let code = try knell.exitCode()
        return (knell, code, directory.holds("next"))
    }

    private static let faults: [(String, ScriptedServer.Step, String)] = [
        ("garbage", .send("\u{1}\u{2} this is no HTTP\r\n\r\n"), "no HTTP"),
        ("an end before the answer", .send(""), "closed"),
        ("half a head", .send("HTTP/1.1 200 OK\r\nContent-Le"), ""),
        ("a reset", .reset, "closed"),
        ("a connection that is closed at once", .closeAtOnce, "closed"),
        ("a redirect", .answer(302, headers: ["Location: http://127.0.0.1:1/"]), "302"),
        ("a refusal", .answer(403), "403"),
        ("an error", .answer(500), "500"),
    ]

    @Test(arguments: faults) func reportsAndGoesOnAfter(_ what: String, step: ScriptedServer.Step, word: String) throws
    {
        let server = try ScriptedServer(script: [step])
        let (knell, code, wasNextDone) = try run(server)
        #expect(code == 1)
        #expect(wasNextDone)
        let failure = try #require(knell.events(named: "action.failed", ["action": "0/http"]).first)
        #expect(failure["error"]?.contains(word) == true, "\(failure)")
        #expect(server.acceptedCount == 1)
    }

    @Test(
        arguments: [.sendAndHang(""), .sendAndHang("HTTP/1.1 200 OK\r\nContent-Le"), .trickle] as [ScriptedServer.Step])
    func givesUpOnAPeerThatHangs(step: ScriptedServer.Step) throws {
        let server = try ScriptedServer(script: [step])
        let (knell, code, wasNextDone) = try run(server, "", "timeout: 300ms, retry: {attempts: 2, delay: 1ms}")
        #expect(code == 1)
        #expect(wasNextDone)
        #expect(knell.events(named: "action.retried").count == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("timed out after 300ms") == true)
        #expect(server.acceptedCount == 2)
    }

    @Test func takesNoMoreThanALittleOfABodyOfAGigabyte() throws {
        let server = try ScriptedServer(script: [.sendBody(length: 1 << 30)])
        let measured = [TestProducts.path(of: "test-process"), "--measure"]
        let (knell, code, wasNextDone) = try run(server, wrapper: measured)
        #expect(code == 0)
        #expect(wasNextDone)
        #expect(server.bodyBytesSent < 32 << 20)
        try #require(Measurement(try knell.process.readToEnd())).expectModest()
    }

    @Test func triesAgainAfterAnErrorOfTheServer() throws {
        let server = try ScriptedServer(script: [.answer(503), .closeAtOnce, .answer(200)])
        let (knell, code, _) = try run(server, "", "retry: {attempts: 5, delay: 10ms}")
        #expect(code == 0)
        #expect(server.acceptedCount == 3)
        #expect(knell.events(named: "action.retried").map { $0["status"] } == [503, nil])
        #expect(knell.events(named: "action.succeeded", ["action": "0/http", "attempt": "3"]).count == 1)
    }

    @Test func doesNotTryAgainAfterAnAnswerThatWillNotChange() throws {
        let server = try ScriptedServer(script: [.answer(404), .answer(200)])
        let (knell, code, _) = try run(server, "", "retry: {attempts: 5, delay: 10ms}")
        #expect(code == 1)
        #expect(server.acceptedCount == 1)
        #expect(knell.events(named: "action.failed", ["status": "404", "attempt": "1"]).count == 1)
    }

    @Test(arguments: [("fail", 1), ("succeed", 0)] as [(String, Int32)])
    func judgesARefusedConnectionAsConfigured(policy: String, code: Int32) throws {
        let port = try DeafPort()
        let (knell, exitCode, wasNextDone) = try run(
            url: "http://127.0.0.1:\(port.number)/", "whenRefused: \(policy)", "retry: {attempts: 2, delay: 1ms}")
        #expect(exitCode == code)
        #expect(wasNextDone)
        #expect(knell.events(named: "action.retried").count == 1)
    }

    @Test(arguments: [("fail", 1), ("succeed", 0)] as [(String, Int32)])
    func judgesADroppedConnectionAsConfigured(policy: String, code: Int32) throws {
        let server = try ScriptedServer(script: [.reset])
        #expect(try run(server, "whenDropped: \(policy)").code == code)
    }

    @Test func followsNoRedirect() throws {
        let other = try ScriptedServer(script: [.answer(200)])
        let server = try ScriptedServer(
            script: [.answer(302, headers: ["Location: http://127.0.0.1:\(other.port)/elsewhere"])])
        let (knell, code, _) = try run(server)
        #expect(code == 1)
        #expect(other.acceptedCount == 0)
        #expect(knell.events(named: "action.failed", ["status": "302"]).count == 1)
        #expect(try run(server, "expectStatus: [302]").code == 0)
        #expect(other.acceptedCount == 0)
    }

    @Test func ignoresProxyVariables() throws {
        let (proxy, server) = (try ScriptedServer(script: [.answer(200)]), try ScriptedServer(script: [.answer(200)]))
        let variables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let environment = variables.map { "\($0)=http://127.0.0.1:\(proxy.port)" }
        #expect(try run(server, environment: environment).code == 0)
        #expect(proxy.acceptedCount == 0)
        #expect(server.requests.first?.hasPrefix("POST /quit HTTP/1.1\r\n") == true)
    }

    @Test func reachesAUnixSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("proxy.sock")
        let server = try ScriptedServer(.unix(path: path), script: [.answer(204)])
        let host = path.split(separator: "/").map { "%2F" + $0 }.joined()
        let (knell, code, _) = try run(url: "http+unix://\(host)/quit?x=1")
        #expect(code == 0)
        #expect(server.requests.first?.hasPrefix("POST /quit?x=1 HTTP/1.1\r\n") == true)
        #expect(knell.events(named: "action.succeeded", ["status": "204"]).count == 1)
    }

    @Test func sendsTheValuesOfFilesAndVariablesAndNeverLogsThem() throws {
        let directory = try TemporaryDirectory()
        try directory.write("file-secret-1\n", to: "token")
        let server = try ScriptedServer(script: [.answer(500)])
        let headers =
            "headers: {a: {fromFile: \(directory.file("token"))}, b: {fromEnv: SECRET}, c: 'x $(SECRET) $$(SECRET)'}"
        let (knell, _, _) = try run(
            server, "\(headers), body: '$(SECRET)', method: PUT", environment: ["SECRET=variable-secret-2"])
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("PUT /quit HTTP/1.1\r\n"))
        for line in [
            "a: file-secret-1", "b: variable-secret-2", "c: x variable-secret-2 $(SECRET)", "\r\nvariable-secret-2",
        ] {
            #expect(request.contains(line), "\(line)")
        }
        #expect(!knell.events.contains { $0.description.contains("secret-") })
    }
}
