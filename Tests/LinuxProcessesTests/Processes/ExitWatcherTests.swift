import ConfigModel
import Glibc
import SupervisorCore
import TestSupport
import Testing

@testable import LinuxProcesses

/// The watcher and real processes, which are the children of another process unless the test says otherwise.
@Suite(.timeLimit(.minutes(10)))
struct ExitWatcherTests {
    private static let endings: [(String, SupervisorCore.ExitStatus)] = [
        ("exit 0", .exited(0)), ("exit 3", .exited(3)), ("exit 255", .exited(255)), ("kill 9", .signalled(9)),
        ("kill 15", .signalled(15)),
    ]

    @Test(arguments: endings) func readsTheStatusOfAZombieFromProc(command: String, status: SupervisorCore.ExitStatus)
        throws
    {
        let (bench, parent) = (try WatchBench(), try TestProcess())
        let child = try ProcFS().identity(of: parent.spawn("kid"))
        bench.watcher.watch(child)
        try bench.runReady()
        #expect(bench.reports.isEmpty)
        try parent.end(child.pid, command)
        try bench.run(untilReports: 1)
        #expect(bench.reports == [child: ExitReport(status: status, source: .procStat)])
        #expect(bench.degradations.isEmpty)
        #expect(!bench.watcher.needsPolling)
    }

    @Test(.enabled(if: Kernel.tellsOfTheReaped, "needs Linux 6.15"), arguments: endings)
    func readsTheStatusOfAReapedProcessFromThePidfd(command: String, status: SupervisorCore.ExitStatus) throws {
        let (bench, parent) = (try WatchBench(), try TestProcess())
        let child = try ProcFS().identity(of: parent.spawn("kid"))
        bench.watcher.watch(child)
        try parent.end(child.pid, command)
        #expect(try parent.process.ask("reap \(child.pid)").hasPrefix("reaped "))
        try bench.run(untilReports: 1)
        #expect(bench.reports == [child: ExitReport(status: status, source: .pidfdInfo)])
    }

    @Test func reportsAProcessThatHasEndedBeforeItWasWatched() throws {
        let (bench, parent) = (try WatchBench(), try TestProcess())
        let child = try ProcFS().identity(of: parent.spawn("kid"))
        try parent.end(child.pid, "exit 3")
        bench.watcher.watch(child)
        #expect(bench.reports.isEmpty)
        try bench.run(untilReports: 1)
        #expect(bench.reports[child]?.status == .exited(3))
    }

    @Test func reportsAProcessThatIsGoneButNotFromInsideWatch() throws {
        let (bench, process) = (try WatchBench(), try TestProcess())
        let identity = try process.identity()
        process.process.kill(SIGKILL)
        try process.process.wait()
        bench.watcher.watch(identity)
        #expect(bench.reports.isEmpty)
        try bench.run(untilReports: 1)
        #expect(bench.reports == [identity: .unknown])
    }

    @Test func takesAnotherProcessOfThePidForAnEnd() throws {
        let (bench, process) = (try WatchBench(), try TestProcess())
        let now = try process.identity()
        let former = ProcessIdentity(pid: now.pid, startTicks: now.startTicks - 1)
        bench.watcher.watch(former)
        bench.watcher.watch(now)
        try bench.run(untilReports: 1)
        try bench.runReady()
        #expect(bench.reports == [former: .unknown])
    }

    @Test func reportsAProcessThatHasRenamedItself() throws {
        let (bench, process) = (try WatchBench(), try TestProcess(["--name", "before"]))
        let identity = try process.identity()
        bench.watcher.watch(identity)
        try process.command("name after")
        try process.command("exit 4")
        try bench.run(untilReports: 1)
        #expect(bench.reports[identity]?.status == .exited(4))
    }

    @Test func waitsForTheLastThread() throws {
        let (bench, process) = (try WatchBench(), try TestProcess())
        let identity = try process.identity()
        bench.watcher.watch(identity)
        try process.command("leave-main-thread")
        try bench.runReady()
        #expect(bench.reports.isEmpty)
        try process.command("exit 5")
        try bench.run(untilReports: 1)
        #expect(bench.reports[identity]?.status == .exited(5))
    }

    @Test func reportsEveryProcessOnce() throws {
        let (bench, parent, name) = (try WatchBench(), try TestProcess(), uniqueName())
        try parent.command("crowd 600 \(name)")
        let scanner = ProcessScanner(root: try ProcFS(), excludingSelf: false)
        let crowd = try scanner.processes(matching: ProcessSelector(name: name)).map(\.process)
        #expect(crowd.count == 600)
        for process in crowd + crowd { bench.watcher.watch(process) }
        // Each of them is killed when its parent ends; who reaps it, and when, is the machine's affair.
        parent.process.kill(SIGKILL)
        try bench.run(untilReports: 600)
        try bench.runReady()
        #expect(Set(bench.reports.keys) == Set(crowd))
        #expect(bench.reportCount == 600)
    }

    @Test func doesNotReportWhatIsNoLongerWatched() throws {
        let (bench, first, second) = (try WatchBench(), try TestProcess(), try TestProcess())
        let gone = ProcessIdentity(pid: first.pid, startTicks: 1)
        let (unwatched, watched) = (try first.identity(), try second.identity())
        for process in [gone, unwatched, watched] { bench.watcher.watch(process) }
        for process in [gone, unwatched] { bench.watcher.unwatch(process) }
        for process in [first, second] {
            process.process.kill(SIGKILL)
            try process.process.awaitEnd()
        }
        try bench.run(untilReports: 1)
        try bench.runReady()
        #expect(bench.reports.keys.map(\.pid) == [watched.pid])
    }

    @Test func leavesTheLoopAloneWhenItGoes() throws {
        let loop = try EventLoop()
        let process = try TestProcess()
        do {
            let watcher = try ExitWatcher(
                loop: loop, procFS: ProcFS(),
                onExit: { process, _ in Issue.record("\(process) was reported") },
                onDegraded: { Issue.record("degraded: \($0)") })
            watcher.watch(try process.identity())
        }
        process.process.kill(SIGKILL)
        try process.process.awaitEnd()
        try loop.wait(until: MonotonicClock.now())
    }

    @Test(.enabled(if: geteuid() == 0, "only root can take another uid"))
    func waitsForTheReapingOfAZombieWhoseStatusIsWithheld() throws {
        try IsolatedCheck.waitsForTheReapingOfAZombieWhoseStatusIsWithheld.expectSuccess()
    }

    @Test(arguments: [EPERM, ENOSYS, EACCES, EINVAL])
    func pollsWherePidfdsAreForbidden(error: Int32) throws {
        try IsolatedCheck.pollsWherePidfdsAreForbidden.expectSuccess("\(error)")
    }

    @Test func raisesTheLimitOfDescriptorsOnceAndThenPolls() throws {
        try IsolatedCheck.raisesTheLimitOfDescriptorsOnceAndThenPolls.expectSuccess()
    }

    @Test func leaksNoDescriptor() throws { try IsolatedCheck.leaksNoDescriptor.expectSuccess() }
}
