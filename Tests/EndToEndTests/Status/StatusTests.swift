import Foundation
import TestSupport
import Testing

/// `--status-listen` through the binary.
@Suite(.timeLimit(.minutes(10)))
struct StatusTests {
    private static let listening = ["--status-listen", "127.0.0.1:0"]

    private func rules(_ port: UInt16) throws -> [[String: Any]] {
        try #require(try RawClient.status(port: port)["rules"] as? [[String: Any]])
    }

    @Test func followsARuleThroughItsLife() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        #expect(unsafe mkfifo(directory.file("gate"), 0o666) == 0)
        let knell = try KnellRun(
            configuration(
                watching: main.name, top: ["terminationTimeout: 9s"],
                actions: [
                    "touch: /nowhere/at/all",
                    "{exec: {command: [/bin/sh, -c, 'read line <\(directory.file("gate"))']}, timeout: 5m}",
                ]), options: Self.listening)
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        let status = try RawClient.status(port: port)
        #expect(status["dryRun"] as? Bool == false)
        #expect(status["version"] as? String == "0.1.0")
        #expect((status["plan"] as? [String: Any])?["terminationTimeout"] as? String == "9s")
        #expect((status["termination"] as? [String: Any])?["state"] as? String == "none")
        var rule = try rules(port)[0]
        #expect(rule["rule"] as? String == "r" && rule["state"] as? String == "watching")
        #expect(rule["since"] as? String != nil)
        let target = try #require((rule["targets"] as? [[String: Any]])?.first)
        #expect(target["phase"] as? String == "present")
        #expect(
            target["processes"] as? [NSDictionary] == [["pid": Int(main.pid), "name": main.name] as NSDictionary])
        #expect(try RawClient(port: port).get("/readyz").status == 200)

        try main.obey("exit 3")
        try knell.await("action.started", ["action": "1/exec"])
        rule = try rules(port)[0]
        #expect(rule["state"] as? String == "acting" && rule["outcome"] as? String == "failed")
        #expect(
            rule["current"] as? NSDictionary == ["action": "1/exec", "attempt": 1, "step": "attempting"])
        #expect((rule["failed"] as? [[String: Any]])?.first?["action"] as? String == "0/touch")
        let gate = unsafe open(directory.file("gate"), O_WRONLY | O_CLOEXEC)
        #expect(unsafe write(gate, "go\n", 3) == 3)
        close(gate)
        #expect(try knell.exitCode() == 1)
    }

    @Test func isNotReadyWhileARuleWaits() throws {
        let (main, name) = (try Target(), uniqueName())
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: here, watch: {processes: [{name: '^\(main.name)$'}]}}
              - {name: late, watch: {processes: [{name: '^\(name)$'}]}}
              - {name: later, watch: {processes: [{name: '^\(name)$'}]}}
            """, options: Self.listening)
        let port = try knell.statusPort()
        let waiting = try RawClient(port: port).get("/readyz")
        #expect(waiting.status == 503 && waiting.body == "late\nlater\n")
        #expect(try RawClient(port: port).get("/healthz").body == "ok\n")
        let late = try Target(name)
        try knell.awaitUnlessRead("rule.watching", ["rule": "later"])
        let ready = try RawClient(port: port).get("/readyz")
        #expect(ready.status == 200 && ready.body == "ok\n")
        try late.exit()
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test func tellsThatItDrains() throws {
        let main = try Target()
        let knell = try KnellRun(
            configuration(watching: main.name, top: ["terminationTimeout: 5m"]),
            options: Self.listening + ["--dry-run"])
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        knell.process.kill(SIGTERM)
        try knell.await("signal.received")
        let status = try RawClient.status(port: port)
        #expect(status["dryRun"] as? Bool == true)
        let termination = try #require(status["termination"] as? [String: Any])
        #expect(termination["state"] as? String == "draining")
        let remaining = try #require(termination["remainingMs"] as? Int)
        #expect((1...300_000).contains(remaining))
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test func listensNowhereUnasked() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name))
        try knell.await("rule.watching")
        #expect(knell.events(named: "status.listening").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(knell.process.pid)/task").count == 1)
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test(.enabled(if: Sanitizer.leavesFiguresAlone, Comment(rawValue: Sanitizer.reason)))
    func hasOneThreadMoreWhereItListens() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name), options: Self.listening)
        let port = try knell.statusPort()
        #expect(try RawClient(port: port).get("/healthz").status == 200)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(knell.process.pid)/task").count == 2)
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test func exits71WhereThePortIsTaken() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let knell = try KnellRun(
            configuration(watching: uniqueName()), options: ["--status-listen", "127.0.0.1:\(server.port)"])
        let line = try #require(try knell.process.readLine(from: .standardError))
        #expect(
            line == "knell: error: cannot supervise: bind 127.0.0.1:\(server.port): Address already in use (EADDRINUSE)"
        )
        #expect(try knell.exitCode() == 71)
    }

    @Test(arguments: ["9464", "example.com:9464", "::1:9464", "127.0.0.1:x", ""])
    func exits64WhereTheAddressCannotBeRead(address: String) throws {
        let completion = try Knell.run(["run", "--status-listen", address])
        #expect(completion.exitCode == 64)
        #expect(
            completion.errors.contains(
                "write ADDRESS:PORT, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all interfaces"))
    }

    @Test func isNotHeldUpByItsClients() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]),
            options: Self.listening)
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        let held = try (0..<64).map { _ in try RawClient(port: port) }
        for (index, client) in held.enumerated() {
            client.send(index % 2 == 0 ? "GET /status HT" : "GET /status HTTP/1.1\r\nHost: h\r\n\r\n")
        }
        let flood = String(repeating: "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n", count: 100)
        let flooding = try RawClient(port: port)
        flooding.send(flood)
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 1)
    }

    @Test func leavesDescriptorsToTheMainJob() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]),
            options: Self.listening, wrapper: ["/bin/sh", "-c", "ulimit -n 36; exec \"$@\"", "sh"])
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        // The reserve begins at number 12, so nobody gets in.
        let clients = try (0..<40).map { _ in try RawClient(port: port) }
        for client in clients { #expect(try client.readToEnd() == "") }
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 1)
    }

    @Test func exits71WhereNoDescriptorIsLeftForTheListener() throws {
        let knell = try KnellRun(
            configuration(watching: uniqueName()), options: Self.listening,
            wrapper: ["/bin/sh", "-c", "ulimit -n 9; exec \"$@\"", "sh"])
        let line = try #require(try knell.process.readLine(from: .standardError))
        #expect(line.hasPrefix("knell: error: cannot supervise: ") && line.contains("EMFILE"))
        #expect(try knell.exitCode() == 71)
    }

    @Test func tellsNothingThatIsSecret() throws {
        let (main, secret) = (try Target(arguments: ["s3cret-argument"]), "s3cret-header")
        let knell = try KnellRun(
            configuration(
                watching: main.name, top: ["onTerminate: run"],
                actions: [
                    "{http: {url: 'http://127.0.0.1:1/s3cret-path?s3cret-query', headers: {x: \(secret)}, body: s3cret-body}, retry: {attempts: 1}}",
                    "sleep: 5m",
                ]), options: Self.listening)
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        knell.process.kill(SIGTERM)
        try knell.await("action.started", ["action": "1/sleep"])
        for page in ["/healthz", "/readyz", "/status", "/metrics", "/s3cret"] {
            let answer = try RawClient(port: port).get(page)
            #expect(!"\(answer.headers)\(answer.body)".contains("s3cret"), "\(page)")
        }
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
    }
}
