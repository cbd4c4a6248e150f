import Glibc
import TestSupport
import Testing

/// With which code `knell exec` ends.
@Suite(.timeLimit(.minutes(10)))
struct ExitCodeTests {
    @Test(arguments: 0...255) func passesEveryExitCodeThrough(code: Int32) throws {
        let knell = try Knell.run(["exec", "--log-level", "error", "--", "/bin/sh", "-c", "exit \(code)"])
        #expect(knell.exitCode == code)
    }

    @Test(arguments: [SIGHUP, SIGINT, SIGKILL, SIGUSR1, SIGTERM, 64])
    func adds128ToTheSignalThatKilledTheCommand(signal: Int32) throws {
        let knell = try Knell.run(["exec", "--", TestProducts.path(of: "test-process")], input: "kill \(signal)")
        #expect(knell.exitCode == 128 + signal)
        #expect(knell.errors.contains("command.exited"))
    }

    @Test(arguments: [
        ("/no/such/program", 127), ("no-such-program-anywhere", 127), ("/etc/passwd", 126), ("/etc", 126),
    ])
    func saysWhatAShellSaysOfACommandThatCannotBeRun(program: String, code: Int32) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            configuration(
                watching: "any", rule: ["exitCode: {notStarted: 9}"],
                actions: ["{touch: \(directory.file("done")), when: [notStarted]}"]), to: "knell.yaml")
        let knell = try Knell.run(["exec", "--config", file, "--", program])
        #expect(knell.exitCode == code)
        #expect(knell.errors.contains("command.failed"))
        // The proxy still has to be told, or the pod never completes.
        #expect(directory.holds("done"))
    }

    private static let failing = ["exec: {command: [/bin/false]}"]

    @Test(arguments: [(0, 6), (3, 3)])
    func aFailedActionCountsWhereTheCommandSucceeded(code: Int32, expected: Int32) throws {
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", "exit \(code)"],
            configuration: configuration(
                watching: "any", rule: ["exitCode: {ended: 4, actionFailed: 6}"], actions: Self.failing))
        #expect(try knell.exitCode() == expected)
        #expect(knell.events(named: "run.finished").map { $0["exitCode"] } == [Int(expected)])
    }

    @Test func theRulesOwnCodeIsNotTheCommands() throws {
        let knell = try KnellRun(
            executing: ["/bin/true"], configuration: configuration(watching: "any", rule: ["exitCode: 4"]))
        #expect(try knell.exitCode() == 0)
    }

    @Test func writesTheVerdictWithTheCodeOfTheRun() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", "exit 3"], configuration: configuration(watching: "any"),
            options: ["--termination-log", directory.file("verdict")])
        #expect(try knell.exitCode() == 3)
        #expect(try directory.json("verdict")["exitCode"] as? Int == 3)
        #expect(try directory.json("verdict")["command"] as? String == "sh exited with code 3")
    }

    @Test func theVerdictSaysWhyTheCommandWasNotStarted() throws {
        let directory = try TemporaryDirectory()
        let name = String(repeating: "n", count: 5_000)
        let knell = try KnellRun(executing: [name], options: ["--termination-log", directory.file("verdict")])
        #expect(try knell.exitCode() == 126)
        let command = try directory.json("verdict")["command"] as? String
        #expect(command?.hasPrefix("cannot run nnn") == true)
        #expect(knell.events.allSatisfy { $0.description.utf8.count < 1_000 })
    }

    @Test(arguments: [
        ["exec"], ["exec", "--"], ["exec", "true"], ["exec", "--", ""], ["exec", "--shutdown", "isto", "--", "true"],
        ["exec", "--wait-for", "nowhere", "--", "true"], ["exec", "--wait-timeout", "5", "--", "true"],
        ["exec", "--on-wait-timeout", "panic", "--", "true"],
    ])
    func refusesACommandLineThatMeansNothing(arguments: [String]) throws {
        let knell = try Knell.run(arguments)
        #expect(knell.exitCode == 64)
        #expect(!knell.errors.isEmpty)
    }

    @Test func endsBeforeTheStartWhereTheConfigurationIsMissingOrInvalid() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("version: 2\n", to: "knell.yaml")
        let started = directory.file("started")
        #expect(try Knell.run(["exec", "--config", file, "--", "/bin/touch", started]).exitCode == 78)
        #expect(try Knell.run(["exec", "--config", "/no/such", "--", "/bin/touch", started]).exitCode == 66)
        #expect(!directory.holds("started"))
    }
}
