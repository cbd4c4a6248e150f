import Glibc
import TestSupport
import Testing

/// What stops the other containers: presets, signals, programs, files.
@Suite(.timeLimit(.minutes(10)))
struct ShutdownTests {
    private static let presets = [
        ("istio", "/quitquitquit"), ("linkerd", "/shutdown"), ("envoy", "/quitquitquit"),
        ("consul", "/graceful_shutdown"),
        ("dapr", "/v1.0/shutdown"), ("cloud-sql-proxy", "/quitquitquit"), ("alloydb-proxy", "/quitquitquit"),
        ("vault-agent", "/agent/v1/quit"), ("prometheus", "/-/quit"),
    ]

    @Test(arguments: presets) func callsTheEndpointOfThePreset(preset: String, path: String) throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["shutdown: {preset: \(preset), port: \(server.port)}"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 1)
        #expect(server.requests.first?.hasPrefix("POST \(path) HTTP/1.1\r\n") == true)
        #expect(knell.events(named: "action.succeeded", ["action": "0/shutdown"]).count == 1)
    }

    @Test func takesAnAbsentProxyForOneThatNeedsNoStopping() throws {
        let (main, port) = (try Target(), try DeafPort())
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["{shutdown: {preset: istio, port: \(port.number)}, retry: {attempts: 2, delay: 1ms}}"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "action.succeeded").first?["note"]?.contains("refused") == true)
    }

    @Test func saysWhatToDoWhenLinkerdAnswers404() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(404)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["shutdown: {preset: linkerd, port: \(server.port)}"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(server.acceptedCount == 1)
        #expect(
            knell.events(named: "action.failed").first?["error"]?.contains("proxy.enableShutdownEndpoint=true") == true)
    }

    @Test func escalatesFromTERMToKILL() throws {
        let (main, proxy) = (try Target(), try Target())
        try proxy.obey("ignore 15")
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{signal: {process: {name: '^\(proxy.name)$'}}, thenGone: {within: 200ms}, onFailure: ignore}",
                    "{signal: {process: {name: '^\(proxy.name)$'}, signal: KILL}, thenGone: {within: 5m}}",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "action.failed", ["action": "0/signal"]).count == 1)
        #expect(knell.events(named: "action.succeeded", ["action": "1/signal"]).count == 1)
        #expect(try proxy.process.wait() == SIGKILL)
    }

    @Test func holdsAnHTTPActionBackUntilTheProxyIsGone() throws {
        let (main, proxy, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let server = try ScriptedServer(script: [.answer(200)])
        let gone = "thenGone: {process: {pid: \(proxy.pid)}, within: 5m}"
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{http: {url: 'http://127.0.0.1:\(server.port)/'}, \(gone)}", "touch: \(directory.file("next"))",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        try awaitReadable(server.arrival)
        #expect(!directory.holds("next"))
        try proxy.exit()
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("next"))
        #expect(knell.eventNames.contains("action.succeeded"))
    }

    @Test func signalsTheProcessOfAPidFileAndNobodyWhereThereIsNone() throws {
        let (main, proxy, directory) = (try Target(), try Target(), try TemporaryDirectory())
        try directory.write("\(proxy.pid)\n", to: "x.pid")
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "signal: {process: {pidFile: \(directory.file("x.pid"))}, signal: 12}",
                    "signal: {process: {pidFile: \(directory.file("none.pid"))}}",
                    "signal: {process: {name: '^\(uniqueName())$'}}",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(try proxy.process.wait() == SIGUSR2)
        #expect(
            knell.events(named: "action.succeeded").map { $0["note"] } == [
                nil, "nothing to signal", "nothing to signal",
            ])
    }

    @Test(
        arguments: [("exit 0", 0, nil), ("exit 7", 1, "code 7"), ("kill -9 $$", 1, "SIGKILL")]
            as [(String, Int32, String?)])
    func runsAProgram(script: String, code: Int32, error: String?) throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let command = "[/bin/sh, -c, 'echo \"$1\" >\(directory.file("out")); \(script)', sh, 'one $(word) *']"
        let knell = try KnellRun(configuration(watching: main.name, actions: ["exec: {command: \(command)}"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == code)
        #expect(try directory.read("out") == "one $(word) *\n")
        let failure = knell.events(named: "action.failed", ["action": "0/exec"]).first
        #expect((failure == nil) == (error == nil))
        if let error { #expect(failure?["error"]?.contains(error) == true) }
    }

    @Test func endsAProgramThatTakesTooLongWithAllThatItStarted() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        // The descendants of the shell hold the log open, so its end shows that none is left.
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{exec: {command: [/bin/sh, -c, 'sleep 3000 & sleep 3000']}, timeout: 200ms}",
                    "touch: \(directory.file("next"))",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(directory.holds("next"))
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("timed out") == true)
    }

    @Test func touchesWithDirectoriesAndModeAndThroughNoSymbolicLink() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let linked = unsafe symlink(directory.file("elsewhere"), directory.file("link"))
        #expect(linked == 0)
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "touch: {path: '$(WHERE)/a/b', createDirectories: true, mode: '0600'}",
                    "{touch: \(directory.file("link")), onFailure: ignore}",
                ]), environment: ["WHERE=\(directory.path)"])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        var information = stat()
        let result = unsafe stat(directory.file("a/b"), &information)
        #expect(result == 0)
        #expect(information.st_mode & 0o777 == 0o600)
        #expect(!directory.holds("elsewhere"))
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("symbolic link") == true)
    }

    @Test func sleepsBetweenActions() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name, actions: ["sleep: 120ms"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        let duration: Int = try #require(
            knell.events(named: "action.succeeded", ["action": "0/sleep"]).first?["durationMs"])
        #expect(duration >= 120)
    }
}
