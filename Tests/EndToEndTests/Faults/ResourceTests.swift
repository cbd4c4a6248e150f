import Glibc
import TestSupport
import Testing

/// Descriptors, /proc, disks and system calls that are not to be had.
@Suite(.timeLimit(.minutes(10)))
struct ResourceTests {
    private func twoRules(_ ending: String, _ living: String, _ port: UInt16, _ directory: TemporaryDirectory) -> String
    {
        """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: '^\(living)$'}, {name: '^\(ending)$'}], until: anyEnded}
            actions:
              - {http: {url: 'http://127.0.0.1:\(port)/'}, retry: {attempts: 1}}
              - touch: \(directory.file("done"))
              - exec: {command: [/bin/true]}
            exitCode: {ended: fromTarget, actionFailed: 9}
        """
    }

    @Test func managesWithFewDescriptors() throws {
        let (main, parent, crowd) = (try Target(), try Target(), uniqueName())
        let (server, directory) = (try ScriptedServer(script: [.answer(200)]), try TemporaryDirectory())
        try parent.obey("crowd 40 \(crowd)")
        let knell = try KnellRun(
            twoRules(main.name, crowd, server.port, directory),
            wrapper: ["/bin/sh", "-c", "ulimit -n 32; exec \"$@\"", "sh"])
        try knell.await("rule.watching")
        #expect(knell.events(named: "watch.degraded").count == 1)
        #expect(knell.events(named: "watch.degraded").first?["error"]?.contains("EMFILE") == true)
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("done"))
        #expect(server.requests.count == 1)
        #expect(knell.events(named: "scan.failed").isEmpty)
    }

    @Test func saysSoWhereNoDescriptorIsLeftForARequest() throws {
        let (main, other, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let server = try ScriptedServer(script: [.answer(200)])
        let knell = try KnellRun(
            twoRules(main.name, other.name, server.port, directory),
            wrapper: ["/bin/sh", "-c", "ulimit -n 12; exec \"$@\"", "sh"])
        try knell.await("rule.watching")
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 9)
        #expect(
            knell.events(named: "action.failed", ["action": "0/http"]).first?["error"]?.contains("descriptors") == true)
        #expect(knell.events(named: "action.succeeded").map { $0["action"] } == ["1/touch", "2/exec"])
        #expect(directory.holds("done"))
    }

    @Test func exits71WhereItCannotEvenBegin() throws {
        let knell = try KnellRun(
            configuration(watching: uniqueName()), wrapper: ["/bin/sh", "-c", "ulimit -n 4; exec \"$@\"", "sh"])
        let line = try #require(try knell.process.readLine(from: .standardError))
        #expect(line.hasPrefix("knell: error: cannot supervise: ") && line.contains("EMFILE"))
        #expect(try knell.exitCode() == 71)
    }

    @Test func exits71WhereThereIsNoProcessTable() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            configuration(watching: uniqueName()), options: ["--proc-root", directory.file("missing")])
        let line = try #require(try knell.process.readLine(from: .standardError))
        #expect(line.contains("openat \(directory.file("missing"))") && line.contains("ENOENT"))
        #expect(try knell.exitCode() == 71)
    }

    @Test func findsNothingInADirectoryWithoutProcesses() throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            configuration(watching: "x", watch: "startTimeout: 100ms", rule: ["exitCode: {notStarted: 4}"]),
            options: ["--proc-root", directory.path])
        #expect(try knell.exitCode() == 4)
        #expect(knell.events(named: "namespace.notShared").isEmpty)
    }

    @Test func watchesARecordedTreeWithoutTakingItsPidsForRealOnes() throws {
        let tree =
            #filePath.dropLast("EndToEndTests/Faults/ResourceTests.swift".utf8.count)
            + "LinuxProcessesTests/Fixtures/proc-pod"
        let knell = try KnellRun(
            configuration(
                watching: "cloud-sql-proxy", top: ["onTerminate: run"],
                actions: ["{signal: {process: {name: '^cloud-sql-proxy$'}}}"]),
            options: ["--proc-root", String(tree)])
        _ = try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "target.found").count == 1)
        #expect(knell.events(named: "target.exited").isEmpty)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("cannot be signalled") == true)
    }

    @Test(arguments: ["/proc/", "//proc", "/proc/self/../../proc"]) func knowsItselfWhateverTheTableIsCalled(
        root: String
    ) throws {
        let (marker, directory) = (uniqueName(), try TemporaryDirectory())
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{commandLine: '\(marker)'}], startTimeout: 100ms}
                exitCode: {notStarted: 4}
            """, options: ["--proc-root", root, "--termination-log", directory.file(marker)])
        #expect(try knell.exitCode() == 4)
        #expect(knell.events(named: "target.found").isEmpty)
    }

    @Test(arguments: [EPERM, ENOSYS]) func pollsWherePidfdsAreForbidden(error: Int32) throws {
        let (first, second, proxy) = (try Target(), try Target(), try Target())
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '^\(first.name)$'}, {name: '^\(second.name)$'}]}
                actions: [{signal: {process: {name: '^\(proxy.name)$'}}, thenGone: {within: 5m}}]
                exitCode: fromTarget
            """, wrapper: [TestProducts.path(of: "test-process"), "--deny-pidfd-open", "\(error)"])
        try knell.await("rule.watching")
        try first.obey("exit 0")
        try second.obey("exit 3")
        #expect(try knell.exitCode() == 3)
        let warnings = knell.events(named: "watch.degraded")
        #expect(warnings.count == 1)
        #expect(warnings.first?["error"]?.contains(error == EPERM ? "EPERM" : "ENOSYS") == true)
        #expect(knell.events(named: "target.exited").map { $0["source"] } == ["procStat", "procStat"])
        #expect(try proxy.process.wait() == SIGTERM)
    }

    @Test(.enabled(if: isRoot && canUnshare("--mount"), "a full disk takes root and a mount namespace"))
    func goesOnWhenTheDiskIsFull() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        #expect(unsafe mkdir(directory.file("full"), 0o755) == 0)
        // One inode, which its root takes.
        let shell = "mount -t tmpfs -o size=4k,nr_inodes=1 none \"$0\" && exec \"$@\""
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["touch: \(directory.file("full/file"))", "touch: \(directory.file("next"))"]),
            wrapper: ["unshare", "--mount", "/bin/sh", "-c", shell, directory.file("full")])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        let error: String = try #require(knell.events(named: "action.failed", ["action": "0/touch"]).first?["error"])
        #expect(error.contains(directory.file("full/file")) && error.contains("space"))
        #expect(directory.holds("next"))
    }
}
