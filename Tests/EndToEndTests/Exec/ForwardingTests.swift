import Glibc
import TestSupport
import Testing

/// Signals to `knell exec`.
@Suite(.timeLimit(.minutes(10)))
struct ForwardingTests {
    private static let forwarded: [Int32] =
        [SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCONT, SIGXCPU, SIGXFSZ]
        + [SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS, 16, 34, 64]

    @Test(arguments: forwarded, [[], ["--process-group"]])
    func passesASignalOn(signal: Int32, options: [String]) throws {
        let knell = try ExecTests.obedient(options: options)
        #expect(try knell.process.ask("catch \(signal)") == "ok")
        knell.process.kill(signal)
        #expect(try knell.process.readLine() == "caught \(signal)")
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test(arguments: [SIGCHLD, SIGURG]) func keepsASignalToItself(signal: Int32) throws {
        let knell = try ExecTests.obedient()
        #expect(try knell.process.ask("catch \(signal)") == "ok")
        #expect(try knell.process.ask("catch \(SIGUSR1)") == "ok")
        knell.process.kill(signal)
        knell.process.kill(SIGUSR1)
        // Signals of a lower number are taken first, and this one is the lower.
        #expect(try knell.process.readLine() == "caught \(SIGUSR1)")
        #expect(try knell.process.ask("group").hasPrefix("group "))
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test func reachesTheWholeGroupOfItsOwn() throws {
        let name = uniqueName()
        let knell = try ExecTests.obedient(options: ["--process-group"])
        #expect(try knell.process.ask("catch \(SIGUSR1)") == "ok")
        #expect(try knell.process.ask("spawn \(name)").hasPrefix("child "))
        knell.process.kill(SIGUSR1)
        // The child has inherited the handler.
        #expect(try knell.process.readLine() == "caught \(SIGUSR1)")
        #expect(try knell.process.readLine() == "caught \(SIGUSR1)")
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
    }

    @Test func runsTheRulesWhenTheCommandHasEndedUponSIGTERM() throws {
        let directory = try TemporaryDirectory()
        let knell = try ExecTests.obedient(
            configuration(watching: "any", actions: ["{touch: \(directory.file("done")), when: [failed]}"]))
        try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
        #expect(directory.holds("done"))
        #expect(knell.events(named: "signal.received", ["signal": "SIGTERM"]).count == 1)
    }

    @Test func runsTheRulesOfACommandThatDoesNotEndInTime() throws {
        let directory = try TemporaryDirectory()
        let knell = try ExecTests.obedient(
            configuration(
                watching: "any", top: ["terminationTimeout: 200ms"],
                actions: ["{touch: \(directory.file("done")), when: [terminated]}"]))
        #expect(try knell.process.ask("ignore \(SIGTERM)") == "ok")
        try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        try knell.await("rule.finished", ["outcome": "terminated"])
        #expect(directory.holds("done"))
        // It goes on as long as the command does, and passes signals on.
        #expect(try knell.process.ask("catch \(SIGUSR2)") == "ok")
        knell.process.kill(SIGUSR2)
        #expect(try knell.process.readLine() == "caught \(SIGUSR2)")
        try knell.process.send("exit 4")
        #expect(try knell.exitCode() == 4)
    }

    @Test func isNotStoppedForGoodWhereNobodyCouldLetItGoOn() throws {
        // In a session of its own its group is orphaned, and the kernel stops nobody there by this signal.
        let knell = try ExecTests.obedient(wrapper: ["setsid", "--wait"])
        #expect(try knell.process.ask("catch \(SIGUSR1)") == "ok")
        let group = try knell.process.ask("group")
        let leader = try #require(Int32(group.dropFirst("group ".count)))
        #expect(kill(leader, SIGTSTP) == 0)
        #expect(kill(leader, SIGUSR1) == 0)
        #expect(try knell.process.readLine() == "caught \(SIGUSR1)")
        try knell.process.send("exit 4")
        #expect(try knell.exitCode() == 4)
    }

    @Test func theCommandsCodeCountsWhereNothingIsToBeDoneUponSIGTERM() throws {
        let directory = try TemporaryDirectory()
        let knell = try ExecTests.obedient(
            configuration(
                watching: "any", top: ["onTerminate: exit"], rule: ["exitCode: {terminated: 12}"],
                actions: ["touch: \(directory.file("done"))"]))
        #expect(try knell.process.ask("catch \(SIGTERM)") == "ok")
        try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        #expect(try knell.process.readLine() == "caught \(SIGTERM)")
        try knell.process.send("exit 0")
        #expect(try knell.exitCode() == 0)
        #expect(!directory.holds("done"))
    }

    @Test func aSecondSIGTERMEndsWhatRunsAfterTheCommand() throws {
        let server = try ScriptedServer(script: [.sendAndHang("")])
        let knell = try ExecTests.obedient(
            configuration(
                watching: "any", actions: ["{http: {url: 'http://127.0.0.1:\(server.port)/'}, timeout: 10m}"]))
        try knell.process.send("exit 0")
        try awaitReadable(server.arrival)
        knell.process.kill(SIGTERM)
        try knell.await("signal.received")
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
    }
}
