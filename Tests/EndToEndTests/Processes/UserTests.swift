import Glibc
import TestSupport
import Testing

/// Knell and its targets as different users.
@Suite(.timeLimit(.minutes(10)), .enabled(if: isRoot, "changing the user takes root"))
struct UserTests {
    private static let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

    @Test func rootReadsTheStatusOfAnotherUsersProcess() throws {
        let main = try Target(uid: 65_534)
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{name: '^\(main.name)$', user: 65534}]}, exitCode: fromTarget}
            """)
        try knell.await("rule.watching")
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 3)
    }

    @Test func matchesNoProcessOfAnotherUserThanTheOneAskedFor() throws {
        let main = try Target()
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '^\(main.name)$', user: 65534}], startTimeout: 100ms}
                exitCode: {notStarted: 4}
            """)
        #expect(try knell.exitCode() == 4)
    }

    @Test(
        .enabled(if: kernelIsAtLeast(6, 15), "PIDFD_INFO_EXIT is of Linux 6.15"),
        arguments: [("exit 0", 0), ("exit 3", 3), ("kill 9", 137), ("kill 15", 143)] as [(String, Int32)])
    func anOrdinaryUserReadsTheStatusOfRootsProcess(end: String, code: Int32) throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(watching: main.name, rule: ["exitCode: {ended: fromTarget, unknown: 99}"]),
            wrapper: Self.asNobody, program: try directory.copy(ofProgram: Knell.path))
        try knell.await("rule.watching")
        // Before it is reaped nobody tells an ordinary user; so Knell waits for that, but not for long. It stands still
        // meanwhile, in order that a busy machine is not what is tested.
        knell.process.kill(SIGSTOP)
        try main.obey(end)
        try main.process.wait()
        knell.process.kill(SIGCONT)
        #expect(try knell.exitCode() == code)
        #expect(knell.events(named: "target.exited", ["source": "pidfdInfo"]).count == 1)
    }

    @Test func saysUnknownOnlyWhereNoSourceAnswers() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(watching: main.name, rule: ["exitCode: {ended: fromTarget, unknown: 99}"]),
            wrapper: Self.asNobody, program: try directory.copy(ofProgram: Knell.path))
        try knell.await("rule.watching")
        // It stays a zombie, of another user.
        try main.obey("exit 0")
        #expect(try knell.exitCode() == 99)
        #expect(knell.events(named: "target.exited", ["source": "none"]).count == 1)
        #expect(knell.events(named: "rule.fired", ["outcome": "unknown"]).count == 1)
    }

    @Test func saysWhoMayNotSignalWhomAndWhatIsMissing() throws {
        let (main, proxy, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["signal: {process: {name: '^\(proxy.name)$'}}", "touch: \(directory.file("next"))"]),
            wrapper: Self.asNobody, program: try directory.copy(ofProgram: Knell.path))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        let error: String = try #require(knell.events(named: "action.failed", ["action": "0/signal"]).first?["error"])
        for part in ["\(proxy.pid)", proxy.name, "uid 0", "uid 65534", "CAP_KILL"] {
            #expect(error.contains(part), "\(part)")
        }
        #expect(directory.holds("next"))
        try proxy.exit()
    }

    @Test func saysOnceWhichRightIsMissingToReadAnExecutable() throws {
        let (first, second, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let names = "^(\(first.name)|\(second.name))$"
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '\(names)', executable: test-process}], startTimeout: 1200ms}
                exitCode: {notStarted: 4}
            """, wrapper: Self.asNobody, program: try directory.copy(ofProgram: Knell.path))
        #expect(try knell.exitCode() == 4)
        let warnings = knell.events(named: "right.missing")
        #expect(warnings.count == 1)
        #expect(warnings.first?["error"]?.contains("SYS_PTRACE") == true)
        #expect(warnings.first?["pid"] == Int(min(first.pid, second.pid)))
    }

    @Test func exits66WhereItMayNotReadTheConfiguration() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("version: 1\n", to: "secret.yaml")
        unsafe chmod(file, 0o600)
        let completion = try Knell.run(
            ["validate", file], wrapper: Self.asNobody, program: try directory.copy(ofProgram: Knell.path))
        #expect(completion.exitCode == 66)
        #expect(completion.errors.contains("\(file): Permission denied (EACCES)"))
    }
}
