import Glibc
import TestSupport
import Testing

/// What Knell tells, and that nobody who does not listen can hold it up.
@Suite(.timeLimit(.minutes(10)))
struct LogTests {
    private static let keys: Set<String> = [
        "time", "level", "event", "rule", "target", "pid", "name", "action", "attempt", "status", "durationMs",
        "exitCode",
        "signal", "source", "outcome", "error", "note", "dryRun",
    ]

    @Test func writesOneJSONObjectALineWithTheKeysOfTheContract() throws {
        let (main, server) = (try Target("a \"\\\u{1}é"), try ScriptedServer(script: [.answer(503), .answer(200)]))
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '^a "'}]}
                actions:
                  - {http: {url: 'http://127.0.0.1:\(server.port)/'}, retry: {delay: 1ms}}
                  - {touch: /nowhere/at/all, when: [failed]}
            """)
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "target.found").first?["name"] == main.name)
        for event in knell.events {
            #expect(event.keys.isSubset(of: Self.keys), "\(event)")
            let time: String = try #require(event["time"])
            #expect(time.utf8.count == 24 && time.hasPrefix("20") && time.hasSuffix("Z"), "\(time)")
            #expect(["info", "warning"].contains(event["level"] ?? ""))
        }
    }

    @Test func writesTextWhenAskedFor() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name), options: ["--log-format", "text"])
        var lines: [String] = []
        while let line = try knell.process.readLine(from: .standardError) {
            lines.append(line)
            if line.contains("rule.watching") { try main.exit() }
        }
        #expect(try knell.exitCode() == 0)
        let withoutTimes = lines.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
        #expect(
            withoutTimes == [
                "INFO run.started", "INFO target.found rule=r target=0 pid=\(main.pid) name=\(main.name)",
                "INFO rule.watching rule=r",
                "INFO target.exited rule=r target=0 pid=\(main.pid) name=\(main.name) exitCode=0 source=\(Self.source(lines))",
                "INFO rule.fired rule=r outcome=succeeded", "INFO rule.finished rule=r exitCode=0 outcome=succeeded",
                "INFO run.finished exitCode=0 note=finished",
            ])
    }

    /// Which of the sources it was depends on who is quicker, Knell or the one who reaps.
    private static func source(_ lines: [String]) -> String {
        lines.contains { $0.hasSuffix("source=pidfdInfo") } ? "pidfdInfo" : "procStat"
    }

    @Test(arguments: [("debug", true), ("info", true), ("warning", false), ("error", false)])
    func leavesOutWhatIsBelowTheLevel(level: String, isTold: Bool) throws {
        let knell = try KnellRun(
            configuration(watching: uniqueName(), watch: "startTimeout: 50ms", rule: ["exitCode: {notStarted: 0}"]),
            options: ["--log-level", level])
        #expect(try knell.exitCode() == 0)
        #expect(knell.eventNames.contains("run.started") == isTold)
    }

    @Test func doesNothingInADryRunAndSaysWhatItWouldDo() throws {
        let (main, proxy, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let server = try ScriptedServer(script: [.answer(200)])
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "touch: \(directory.file("touched"))", "http: {url: 'http://127.0.0.1:\(server.port)/'}",
                    "{signal: {process: {name: '^\(proxy.name)$'}}, thenGone: {within: 5m}}",
                    "exec: {command: [touch, \(directory.file("executed"))]}",
                    "shutdown: {preset: istio, port: \(server.port)}", "shutdown: kuma", "shutdown: gcs-fuse",
                ]), options: ["--dry-run"])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(!directory.holds("touched") && !directory.holds("executed"))
        #expect(server.acceptedCount == 0)
        #expect(try proxy.process.ask("name still-here") == "ok")
        #expect(
            knell.events(named: "action.started").map { $0["action"] } == [
                "0/touch", "1/http", "2/signal", "3/exec", "4/shutdown", "5/shutdown", "6/shutdown",
            ])
        #expect(knell.events.allSatisfy { $0.description.contains("\"dryRun\":true") })
    }

    @Test func isNotHeldUpByAReaderThatStandsStill() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        // More lines than any pipe takes: 8 rules of 64 actions, two lines each.
        let rules = (0..<8).map { rule in
            """
              - name: r\(rule)
                watch: {processes: [{name: '^\(main.name)$'}]}
                actions: [\(Array(repeating: "sleep: 0s", count: 63).joined(separator: ", ")), touch: \(directory.file("\(rule)"))]

            """
        }
        let knell = try KnellRun("version: 1\nrules:\n" + rules.joined())
        try knell.await("rule.watching", ["rule": "r7"])
        try main.exit()
        // From here on nobody reads.
        #expect(try knell.process.wait() == 0)
        for rule in 0..<8 { #expect(directory.holds("\(rule)")) }
    }

    @Test func saysHowManyLinesWereDropped() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        #expect(unsafe mkfifo(directory.file("gate"), 0o666) == 0)
        let sleeps = Array(repeating: "sleep: 0s", count: 60)
        let gate =
            "{exec: {command: [/bin/sh, -c, ': >\(directory.file("full")); read line <\(directory.file("gate"))']}, timeout: 10m}"
        let crowd = (0..<8).map { rule in
            "  - {name: r\(rule), watch: {processes: [{name: '^\(main.name)$'}]}, actions: [\(sleeps.joined(separator: ", "))]}\n"
        }
        let knell = try KnellRun(
            "version: 1\nrules:\n" + crowd.joined()
                + "  - {name: last, watch: {processes: [{name: '^\(main.name)$'}]}, actions: [sleep: 1s, \(gate), sleep: 0s]}\n"
        )
        try knell.await("rule.watching", ["rule": "last"])
        try main.exit()
        // The program of the last rule begins when the log is long full; then it is read.
        let opened = unsafe open(directory.file("gate"), O_WRONLY | O_CLOEXEC)
        #expect(opened >= 0)
        defer { close(opened) }
        // Until nothing more comes, which is a fault to the reader. What the gate's own start has to say may come only now,
        // and the notice before it; if not, the next line brings it.
        var notice: LogEvent?
        while let line = try? knell.process.readLine(from: .standardError, within: .milliseconds(300)) {
            if let event = try? LogEvent(line), event.name == "log.dropped" { notice = event }
        }
        if notice == nil { knell.process.kill(SIGHUP) }
        let dropped = try notice ?? knell.await("log.dropped")
        #expect(dropped["level"] == "warning")
        #expect(unsafe write(opened, "go\n", 3) == 3)
        #expect(try knell.exitCode() == 0)
    }

    @Test(arguments: ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"]) func worksWithoutStandardStreams(redirection: String) throws
    {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let server = try ScriptedServer(script: [.answer(200)])
        let file = try directory.write(
            configuration(
                watching: main.name, rule: ["exitCode: 3"],
                actions: [
                    "http: {url: 'http://127.0.0.1:\(server.port)/', body: hello}", "touch: \(directory.file("done"))",
                    "exec: {command: [/bin/sh, -c, 'echo lost']}",
                ]), to: "knell.yaml")
        let knell = try ChildProcess(
            "/bin/sh", ["-c", "exec \"$@\" \(redirection)", "sh", Knell.path, "run", "--config", file],
            environment: Knell.environment + ["KNELL_DEBUGGABLE=1"], capturesError: true)
        // It tells nobody that it watches, but the main process may end at any time once Knell holds its pidfd.
        try awaitPidfd(of: main.pid, in: knell.pid)
        try main.exit()
        #expect(Knell.exitCode(ofWaitStatus: try knell.wait()) == 3)
        #expect(directory.holds("done"))
        #expect(server.requests.count == 1)
        #expect(server.requests.first?.hasSuffix("\r\n\r\nhello") == true)
    }

    @Test func validatesWithoutStandardOutput() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(configuration(watching: "main"), to: "knell.yaml")
        let completion = try Knell.run(["validate", file], wrapper: ["/bin/sh", "-c", "exec \"$@\" >&-", "sh"])
        #expect(completion.exitCode == 0)
        #expect(completion.output.isEmpty && completion.errors.isEmpty)
    }

    @Test func survivesThatTheReaderOfTheLogGoesAway() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let shell = "\"$@\" 2>&1 | head -n 3; exit 0"
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["touch: \(directory.file("first"))", "sleep: 10ms", "touch: \(directory.file("done"))"]),
            options: ["--termination-log", directory.file("verdict")],
            wrapper: ["/bin/sh", "-c", shell, "sh"])
        while let line = try knell.process.readLine(), !line.contains("rule.watching") {}
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("done"))
        #expect(try directory.json("verdict")["exitCode"] as? Int == 0)
    }
}
