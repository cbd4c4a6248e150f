import Foundation
import TestSupport
import Testing

/// What processes of another container, even of Knell's own user, can read of Knell or do to it.
@Suite(.timeLimit(.minutes(10)))
struct PeerThreatTests {
    /// With a program in between: setpriv itself starts one with the capabilities that it had as root, CAP_DAC_OVERRIDE
    /// among them, to which every executable is readable.
    private static let asNobody = [
        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/bin/sh", "-c", "exec \"$@\"", "sh",
    ]

    /// What another process of Knell's user is told by a command, in which `PID` stands for the pid of the process.
    private func ask(_ command: [String], about pid: pid_t) throws -> Knell.Completion {
        let words = command.map { $0.replacingOccurrences(of: "PID", with: "\(pid)") }
        return try Knell.run(Array(Self.asNobody.dropFirst()) + words, program: Self.asNobody[0])
    }

    /// The same, while a run of an executable with this mode, which belongs to root, waits for its target.
    private func ask(_ command: [String], mode: mode_t, environment: [String]) throws -> Knell.Completion {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(watching: main.name), wrapper: Self.asNobody, environment: environment + ["TOKEN=s3cret"],
            program: try directory.copy(ofProgram: Knell.path, mode: mode))
        try knell.await("rule.watching")
        let completion = try ask(command, about: knell.process.pid)
        try main.exit()
        #expect(try knell.exitCode() == 0)
        return completion
    }

    private static let commands = [
        ["ls", "/proc/PID/fd/2"], ["ls", "/proc/PID/root/"], ["ls", "/proc/PID/cwd/"], ["cat", "/proc/PID/environ"],
        ["dd", "if=/proc/PID/mem", "count=0", "status=none"], ["cat", "/proc/PID/maps"],
    ]

    /// A sanitizer reads of its own /proc what the kernel keeps from a process that cannot read its executable.
    private static let modes: [mode_t] = Sanitizer.current == nil ? [0o755, 0o711] : [0o755]

    @Test(.enabled(if: isRoot, "changing the user takes root"), arguments: commands, modes)
    func seeNothingOfKnellsOwn(command: [String], mode: mode_t) throws {
        let refused = try ask(command, mode: mode, environment: [])
        #expect(refused.exitCode != 0 && refused.errors.contains("Permission denied"), "\(refused.errors)")
        #expect(!refused.output.contains("s3cret"))
        // The check can tell the difference.
        let open = try ask(command, mode: mode, environment: ["KNELL_DEBUGGABLE=1"])
        #expect(open.exitCode == 0, "\(open.errors)")
        #expect(open.output.contains("s3cret") == (command[1] == "/proc/PID/environ"))
    }

    /// The image's executable can be read by root alone: then there is no moment before Knell has closed itself. `probe`,
    /// which never does that, stands for such a moment.
    @Test(.enabled(if: isRoot, "changing the user takes root"), arguments: [0o755, 0o711] as [mode_t])
    func seeNothingOfAnExecutableThatTheyCannotRead(mode: mode_t) throws {
        let (server, directory) = (try ScriptedServer(script: [.sendAndHang("")]), try TemporaryDirectory())
        let command =
            Self.asNobody
            + [
                try directory.copy(ofProgram: Knell.path, mode: mode), "probe", "--timeout", "1m",
                "http://127.0.0.1:\(server.port)/",
            ]
        let probe = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: Knell.environment + ["TOKEN=s3cret"])
        try awaitReadable(server.arrival)
        let completion = try ask(["cat", "/proc/PID/environ"], about: probe.pid)
        #expect(completion.output.contains("s3cret") == (mode == 0o755), "\(completion.errors)")
        probe.kill(SIGKILL)
    }

    /// What SECURITY.md leaves to the operator: a program that Knell starts is open to its user, with Knell's variables.
    @Test(.enabled(if: isRoot, "changing the user takes root"))
    func seeTheEnvironmentOfAProgramThatKnellStarts() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            executing: ["/bin/sleep", "3600"], wrapper: Self.asNobody, environment: ["TOKEN=s3cret"],
            program: try directory.copy(ofProgram: Knell.path))
        let pid = try #require(try knell.await("command.started")["pid"] as Int?)
        #expect(try ask(["cat", "/proc/PID/environ"], about: pid_t(pid)).output.contains("TOKEN=s3cret"))
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
    }

    @Test func doNotStopItByAStormOfReloads() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        for _ in 0..<500 { knell.process.kill(SIGHUP) }
        try main.exit(3)
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "target.exited").count == 1)
    }

    @Test func startNothingInKnellThroughItsEnvironment() throws {
        // A value is put in once and is not read again: what it spells is text.
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["{http: {url: 'http://127.0.0.1:\(server.port)/', body: 'a $(VALUE) z'}}"]),
            environment: ["VALUE=$(PATH) `id` $(id)"])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.first?.hasSuffix("a $(PATH) `id` $(id) z") == true)
    }
}
