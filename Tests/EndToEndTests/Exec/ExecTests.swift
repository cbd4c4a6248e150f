import Glibc
import TestSupport
import Testing

/// What the command of `knell exec` is given, and what its end leads to.
@Suite(.timeLimit(.minutes(10)))
struct ExecTests {
    static let command = TestProducts.path(of: "test-process")

    /// A run whose command obeys the test.
    static func obedient(
        _ configuration: String? = nil, options: [String] = [], wrapper: [String] = [], arguments: [String] = []
    ) throws -> KnellRun {
        let knell = try KnellRun(
            executing: [command] + arguments, configuration: configuration, options: options, wrapper: wrapper)
        guard try knell.process.readLine()?.hasPrefix("ready ") == true else { throw KnellFault("no command") }
        return knell
    }

    @Test func leavesArgumentsEnvironmentAndStreamsAlone() throws {
        let script = "cat; echo \"$0|$1|$2|$VARIABLE\"; echo to-error >&2; pwd"
        let knell = try Knell.run(
            ["exec", "--log-level", "error", "--", "/bin/sh", "-c", script, "zero", "--dry-run", "a  b"],
            input: "to-output", environment: ["VARIABLE=v"])
        #expect(knell.output.hasPrefix("to-output\nzero|--dry-run|a  b|v\n/"))
        #expect(knell.errors == "to-error\n")
        #expect(knell.exitCode == 0)
    }

    @Test func startsTheCommandWithCleanSignals() throws {
        let knell = try Self.obedient(wrapper: ["/bin/sh", "-c", "trap '' HUP TERM USR1 CHLD; exec \"$@\"", "sh"])
        #expect(try knell.process.ask("signals") == "blocked 0 ignored 0")
        try knell.process.send("exit 3")
        #expect(try knell.exitCode() == 3)
    }

    @Test func knowsHowChildrenEndedThatItsStarterHadItIgnore() throws {
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", "exit 3"],
            configuration: configuration(watching: "any", actions: ["exec: {command: [/bin/true]}"]),
            wrapper: ["/bin/sh", "-c", "trap '' CHLD; exec \"$@\"", "sh"])
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "action.succeeded").count == 1)
    }

    @Test func isNotKeptBusyByALogThatNobodyReads() throws {
        // Each line that finds no reader brings a SIGPIPE, and at this level each signal brings a line.
        let process = try ChildProcess(
            "/bin/sh",
            [
                "-c", "{ \"$@\" 2>&1 >&3 3>&- | true; } 3>&1", "sh", Knell.path, "exec", "--log-level", "debug", "--",
                Self.command,
            ], environment: Knell.environment)
        #expect(try process.readLine()?.hasPrefix("ready ") == true)
        #expect(try process.ask("exit 3") == "ok")
        #expect(try process.wait() == 0)
    }

    @Test func handsDescriptorsOnThatItWasGivenAndNoneOfItsOwn() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let knell = try Self.obedient(
            options: ["--wait-for", "http://127.0.0.1:\(server.port)/"],
            wrapper: ["/bin/sh", "-c", "exec 7</dev/null \"$@\"", "sh"])
        #expect(try knell.process.ask("descriptors") == "0 1 2 7")
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test(arguments: [([], true), (["--process-group"], false)])
    func givesTheCommandAProcessGroupOfItsOwnOnDemand(options: [String], isShared: Bool) throws {
        let knell = try Self.obedient(options: options)
        let group = try knell.process.ask("group")
        // The test runner's own group, which Knell is in.
        #expect((group == "group \(getpgrp())") == isShared)
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test func theCommandIsATargetOfEveryRuleWhateverItIsCalled() throws {
        let (directory, name) = (try TemporaryDirectory(), uniqueName())
        let knell = try Self.obedient(
            """
            version: 1
            rules:
              - {name: one, watch: {processes: [{name: ^no-such$}, {user: 4294967294}]}, actions: [touch: \(directory.file("one"))]}
              - {name: two, watch: {processes: [{name: ^\(name)$}]}, actions: [{touch: \(directory.file("two")), when: [failed]}]}
            """, arguments: ["--name", name])
        try knell.await("rule.watching", ["rule": "one"])
        #expect(!directory.holds("one"))
        try knell.process.send("exit 3")
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("one"))
        #expect(directory.holds("two"))
        #expect(knell.events(named: "target.exited", ["source": "waitid", "exitCode": "3"]).count == 3)
    }

    @Test func noticesACommandThatIsThroughAtOnce() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(watching: "any", actions: ["touch: \(directory.file("done"))"]))
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("done"))
        #expect(knell.events(named: "rule.fired", ["outcome": "succeeded"]).count == 1)
    }

    @Test func waitsForDescendantsThatMatchAsWell() throws {
        let (directory, name) = (try TemporaryDirectory(), uniqueName())
        #expect(unsafe mkfifo(directory.file("commands"), 0o666) == 0)
        let commands = unsafe open(directory.file("commands"), O_RDWR | O_CLOEXEC)
        #expect(commands >= 0)
        defer { close(commands) }
        let script = "\"$0\" --name \(name) <\(directory.file("commands")) & read line; exit 3"
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", script, Self.command],
            configuration: configuration(watching: name, actions: ["touch: \(directory.file("done"))"]))
        let ready = try #require(try knell.process.readLine())
        try knell.process.send("go")
        try knell.await("target.exited", ["exitCode": "3"])
        #expect(!directory.holds("done"))
        #expect(unsafe write(commands, "exit 0\n", 7) == 7)
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("done"))
        // Found by the first look, or by the one behind the end of the command.
        let pid = String(ready.dropFirst("ready ".count))
        #expect(knell.events(named: "target.found", ["name": name, "pid": pid]).count == 1)
        #expect(knell.events.last { $0.name == "target.exited" }?.has(["pid": pid]) == true)
    }

    @Test func waitsForNoProcessThatDoesNotDescendFromTheCommand() throws {
        let (stranger, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(watching: stranger.name, actions: ["touch: \(directory.file("done"))"]))
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("done"))
        #expect(knell.events(named: "target.found", ["pid": "\(stranger.pid)"]).isEmpty)
    }

    @Test func signalsHelpersThatDoNotDescendFromTheCommand() throws {
        let helper = try Target()
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(
                watching: "any", actions: ["{signal: {process: {name: '^\(helper.name)$'}}, thenGone: {within: 1m}}"]))
        #expect(try knell.exitCode() == 0)
        #expect(try helper.process.wait() == SIGTERM)
    }

    @Test func isReadyOnceTheCommandHasStarted() throws {
        let server = try ScriptedServer(script: [.sendAndHang("")])
        let knell = try KnellRun(
            executing: ["/bin/true"],
            options: ["--status-listen", "127.0.0.1:0", "--wait-for", "http://127.0.0.1:\(server.port)/"])
        let address: String = try #require(try knell.await("status.listening")["note"])
        try awaitReadable(server.arrival)
        let probe = try Knell.run(["probe", "http://\(address)/readyz"])
        #expect(probe.exitCode == 1)
        #expect(probe.errors.contains("the command"))
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
    }

    @Test func shutsPresetsDownWithoutAnyFile() throws {
        let knell = try KnellRun(
            executing: ["/bin/true"], options: ["--shutdown", "istio", "--shutdown", "linkerd", "--dry-run"])
        #expect(try knell.exitCode() == 0)
        #expect(
            knell.events(named: "action.succeeded").map { $0["note"] } == [
                "would POST http://127.0.0.1:15020/quitquitquit", "would POST http://127.0.0.1:4191/shutdown",
            ])
    }

    @Test func addsPresetsToTheRulesOfAFile() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(watching: "any", actions: ["touch: \(directory.file("done"))"]),
            options: ["--shutdown", "envoy", "--dry-run"])
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "rule.finished").map { $0["rule"] } == ["r", "shutdown"])
    }

    @Test func needsNoRulesAtAll() throws {
        let knell = try KnellRun(executing: ["/bin/sh", "-c", "exit 5"])
        #expect(try knell.exitCode() == 5)
        #expect(knell.eventNames == ["command.started", "run.started", "command.exited", "run.finished"])
    }

    @Test func takesARepeatingRuleForOne() throws {
        let knell = try KnellRun(
            executing: ["/bin/true"], configuration: configuration(watching: "any", rule: ["repeat: true"]))
        #expect(try knell.exitCode() == 0)
    }

    @Test func doesNotReapTheProgramsOfActionsInTheirPlace() throws {
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(
                watching: "any",
                actions: (0..<8).map { "{exec: {command: [/bin/sh, -c, 'exit \($0 % 2 * 3)']}, onFailure: ignore}" }))
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "action.succeeded").count == 4)
        #expect(
            knell.events(named: "action.failed").map { $0["error"] }
                == Array(repeating: "the program exited with code 3", count: 4))
    }

    @Test func reapsOrphans() throws {
        let knell = try Self.obedient()
        let answer = try knell.process.ask("orphan")
        let orphan = try #require(Int32(answer.dropFirst("orphan ".count)))
        let reaping = try ReapingWatch(of: orphan)
        #expect(try knell.process.ask("end-orphan") == "ok")
        try reaping.await()
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test(.enabled(if: isRoot && canUnshare("--pid"), "needs a PID namespace"))
    func isAnInitAsPID1() throws {
        let knell = try Self.obedient(wrapper: ["unshare", "--pid", "--fork", "--mount-proc"])
        let answer = try knell.process.ask("orphan")
        #expect(answer.hasPrefix("orphan "))
        #expect(try knell.process.ask("end-orphan") == "ok")
        #expect(try knell.process.ask("catch 15") == "ok")
        try knell.process.send("exit 9")
        #expect(try knell.exitCode() == 9)
        #expect(knell.events(named: "namespace.notShared").isEmpty)
    }

    @Test func takesANewConfigurationWhileTheCommandRuns() throws {
        let directory = try TemporaryDirectory()
        let knell = try Self.obedient(
            configuration(watching: "any", actions: ["touch: \(directory.file("old"))"]))
        try knell.await("rule.watching")
        try knell.replaceConfiguration(
            configuration(watching: "other", actions: ["touch: \(directory.file("new"))"]))
        try knell.await("config.reloaded")
        try knell.await("rule.watching")
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("new"))
        #expect(!directory.holds("old"))
    }
}
