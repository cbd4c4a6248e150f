import Glibc
import TestSupport
import Testing

/// `knell probe`, with peers of every kind.
@Suite(.timeLimit(.minutes(10)))
struct ProbeTests {
    private func probe(_ step: ScriptedServer.Step, _ options: [String] = []) throws -> (
        ScriptedServer, Knell.Completion
    ) {
        let server = try ScriptedServer(script: [step])
        let completion = try Knell.run(["probe", "http://127.0.0.1:\(server.port)/path?query=1"] + options)
        #expect(completion.output.isEmpty)
        return (server, completion)
    }

    @Test(arguments: [200, 204, 299]) func isContentWith(status: Int) throws {
        let (server, completion) = try probe(.answer(status, body: status == 204 ? "" : "well"))
        #expect(completion.exitCode == 0 && completion.errors.isEmpty)
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("GET /path?query=1 HTTP/1.1\r\n"))
        #expect(request.contains("User-Agent: knell\r\n") && request.contains("Host: 127.0.0.1:\(server.port)\r\n"))
    }

    @Test(
        arguments: [
            (.answer(404), "answered 404"), (.answer(503, body: "late\nlater\n"), "answered 503: late"),
            (.answer(500, body: "\r\n\r\nfault\r\nmore"), "answered 500: fault"),
            (.answer(302, headers: ["Location: http://127.0.0.1:1/"]), "answered 302"),
            (.answer(300), "answered 300"),
            (.answer(503, body: "\u{1B}[31mred\u{7}"), "answered 503: \u{FFFD}[31mred\u{FFFD}"),
            (
                .answer(503, body: String(repeating: "x", count: 500)),
                "answered 503: \(String(repeating: "x", count: 200))"
            ),
            (.closeAtOnce, "closed the connection before it answered"),
            (.reset, "closed the connection before it answered"),
        ] as [(ScriptedServer.Step, String)])
    func saysWhatCame(step: ScriptedServer.Step, words: String) throws {
        let (server, completion) = try probe(step)
        #expect(completion.exitCode == 1)
        #expect(completion.errors == "knell: probe failed: 127.0.0.1:\(server.port) \(words)\n")
    }

    @Test(arguments: ["hello\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"]) func saysThatThePeerSpeaksNoHTTP(text: String) throws
    {
        let (server, completion) = try probe(.sendToAnything(text))
        #expect(completion.exitCode == 1)
        #expect(completion.errors.hasPrefix("knell: probe failed: 127.0.0.1:\(server.port): the answer is no HTTP"))
    }

    @Test func givesUpInTime() throws {
        let (server, completion) = try probe(.sendAndHang(""), ["--timeout", "100ms"])
        #expect(completion.exitCode == 1)
        #expect(completion.errors == "knell: probe failed: 127.0.0.1:\(server.port) did not answer within 100ms\n")
    }

    @Test func takesAHeadForAnAnswerThoughTheBodyHangs() throws {
        let (_, well) = try probe(
            .sendAndHang("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), ["--timeout", "300ms"])
        #expect(well.exitCode == 0 && well.errors.isEmpty)
        let (server, ill) = try probe(
            .sendAndHang("HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nhalf"), ["--timeout", "300ms"])
        #expect(ill.errors == "knell: probe failed: 127.0.0.1:\(server.port) answered 500: half\n")
    }

    @Test func readsNoBodyWithoutEnd() throws {
        let (server, completion) = try probe(.sendBody(length: 1 << 30))
        #expect(completion.exitCode == 0)
        #expect(server.bodyBytesSent < 64 << 20)
    }

    @Test func saysThatItWasRefused() throws {
        let port = try DeafPort()
        let completion = try Knell.run(["probe", "http://127.0.0.1:\(port.number)/"])
        #expect(completion.exitCode == 1)
        #expect(completion.errors == "knell: probe failed: 127.0.0.1:\(port.number) refused the connection\n")
    }

    @Test func asksOverAUnixSocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("s")
        let url = "http+unix://\(path.split(separator: "/").map { "%2F" + $0 }.joined())/healthz"
        let absent = try Knell.run(["probe", url])
        #expect(absent.exitCode == 1)
        #expect(absent.errors == "knell: probe failed: \(path) refused the connection\n")
        let server = try ScriptedServer(.unix(path: path), script: [.answer(200), .answer(503)])
        #expect(try Knell.run(["probe", url]).exitCode == 0)
        #expect(server.requests.first?.hasPrefix("GET /healthz HTTP/1.1\r\n") == true)
        #expect(try Knell.run(["probe", url]).errors == "knell: probe failed: \(path) answered 503\n")
    }

    @Test func saysThatThePeerSpeaksNoTLS() throws {
        let server = try ScriptedServer(script: [.sendToAnything("HTTP/1.1 400 Bad Request\r\n\r\n")])
        let completion = try Knell.run(["probe", "--insecure-skip-verify", "https://127.0.0.1:\(server.port)/"])
        #expect(completion.exitCode == 1)
        #expect(completion.errors.contains("the peer does not speak TLS"))
    }

    @Test func namesTheOptionAndNoKeyOfTheConfiguration() throws {
        let completion = try Knell.run(["probe", "--ca-file", "/nowhere/ca.crt", "https://127.0.0.1:1/"])
        #expect(completion.exitCode == 1)
        #expect(
            completion.errors
                == "knell: probe failed: 127.0.0.1:1: --ca-file: openat /nowhere/ca.crt: No such file or directory (ENOENT)\n"
        )
    }

    @Test(arguments: [
        ["nowhere"], ["ftp://h/"], ["http://"], ["http://u:p@h/"], ["http+unix://relative/"], ["http://h/#x"], [],
        ["http://h/", "http://h/"], ["--timeout", "1", "http://h/"], ["--timeout", "0s", "http://h/"],
        ["--timeout", "61s", "http://h/"], ["--timeout", "-1s", "http://h/"], ["--timeout", "soon", "http://h/"],
    ])
    func exits64WhereTheCommandLineIsWrong(arguments: [String]) throws {
        let completion = try Knell.run(["probe"] + arguments)
        #expect(completion.exitCode == 64)
        #expect(completion.output.isEmpty && completion.errors.contains("Usage: knell probe"))
    }

    @Test func asksKnell() throws {
        let (main, name) = (try Target(), uniqueName())
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: here, watch: {processes: [{name: '^\(main.name)$'}]}}
              - {name: late, watch: {processes: [{name: '^\(name)$'}]}}
            """, options: ["--status-listen", "127.0.0.1:0"])
        let address = "127.0.0.1:\(try knell.statusPort())"
        #expect(try Knell.run(["probe", "http://\(address)/healthz"]).exitCode == 0)
        let waiting = try Knell.run(["probe", "http://\(address)/readyz"])
        #expect(waiting.exitCode == 1 && waiting.errors == "knell: probe failed: \(address) answered 503: late\n")
        let late = try Target(name)
        try knell.awaitUnlessRead("rule.watching", ["rule": "late"])
        #expect(try Knell.run(["probe", "http://localhost:\(address.split(separator: ":")[1])/readyz"]).exitCode == 0)
        // The whole process stands still, its threads with it.
        knell.process.kill(SIGSTOP)
        let stopped = try Knell.run(["probe", "--timeout", "200ms", "http://\(address)/healthz"])
        #expect(stopped.errors == "knell: probe failed: \(address) did not answer within 200ms\n")
        knell.process.kill(SIGCONT)
        #expect(try Knell.run(["probe", "http://\(address)/healthz"]).exitCode == 0)
        try late.exit()
        try main.exit()
        #expect(try knell.exitCode() == 0)
        let gone = try Knell.run(["probe", "http://\(address)/healthz"])
        #expect(gone.exitCode == 1)
    }
}
