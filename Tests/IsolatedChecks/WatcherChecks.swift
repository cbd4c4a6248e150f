import ConfigModel
import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport

/// What `ExitWatcherTests` check in a process of its own.
enum WatcherChecks {
    /// A zombie of another user tells its status only once it is reaped, and is waited for within a bound.
    static func waitsForTheReapingOfAZombieWhoseStatusIsWithheld() throws {
        let (bench, parent, procFS) = (try WatchBench(), try TestProcess(), try ProcFS())
        let unreaped = try procFS.identity(of: parent.spawn("unreaped"))
        let reaped = try procFS.identity(of: parent.spawn("reaped"))
        try becomeNobody()
        for child in [unreaped, reaped] {
            bench.watcher.watch(child)
            try parent.end(child.pid, "exit 0")
        }
        let begin = MonotonicClock.now()
        try bench.runReady()
        try check(bench.reports, equals: [:])
        let deadline = try require(bench.watcher.nextDeadline, "the watcher has no deadline")
        try check(deadline >= begin + ExitWatcher.reapingBound, "\(deadline) is too soon after \(begin)")
        try parent.command("reap \(reaped.pid)", answer: "reaped 0")
        let turns = try bench.run(untilReports: 2)

        let status: ExitReport =
            Kernel.tellsOfTheReaped ? ExitReport(status: .exited(0), source: .pidfdInfo) : .unknown
        try check(bench.reports, equals: [reaped: status, unreaped: .unknown])
        let end = MonotonicClock.now()
        try check(end >= begin + ExitWatcher.reapingBound, "\(end) is too soon after \(begin)")
        // The zombie that nobody reaps keeps its pidfd readable, and must not keep the loop busy.
        try check(turns <= 4, "the loop woke \(turns) times")
        try check(bench.watcher.nextDeadline, equals: nil)
    }

    /// As under a container runtime's filter. One process is a zombie at the time, one is reaped, one is alive.
    static func pollsWherePidfdsAreForbidden(error: Int32) throws {
        let (bench, parent, procFS) = (try WatchBench(), try TestProcess(), try ProcFS())
        try SeccompFilter.denyPidfdOpen(with: error)
        let zombie = try procFS.identity(of: parent.spawn("zombie"))
        let reaped = try procFS.identity(of: parent.spawn("reaped"))
        let alive = try procFS.identity(of: parent.spawn("alive"))
        for child in [zombie, reaped, alive] { bench.watcher.watch(child) }
        try check(bench.degradations.count, equals: 1)
        let degradation = try require(bench.degradations.first, "no degradation was told")
        try check(degradation.hasPrefix("pidfd_open \(zombie.pid): "), "another degradation was told: \(degradation)")
        try check(bench.watcher.needsPolling, "the watcher needs no polling")
        bench.watcher.poll()
        try check(bench.reports, equals: [:])

        for child in [zombie, reaped] { try parent.end(child.pid, "exit 3") }
        let answer = try parent.process.ask("reap \(reaped.pid)")
        try check(answer.hasPrefix("reaped "), "answered \(answer)")
        bench.watcher.poll()
        let known = ExitReport(status: .exited(3), source: .procStat)
        try check(bench.reports, equals: [zombie: known, reaped: .unknown])
        try check(bench.watcher.needsPolling, "the watcher needs no polling, though one is alive")
        bench.watcher.unwatch(alive)
        try check(!bench.watcher.needsPolling, "the watcher needs polling for nobody")
    }

    /// The first hoard is under a limit that can be raised, the second under one that was raised already.
    static func raisesTheLimitOfDescriptorsOnceAndThenPolls() throws {
        let (bench, parent, procFS) = (try WatchBench(), try TestProcess(), try ProcFS())
        let first = try procFS.identity(of: parent.spawn("first"))
        let second = try procFS.identity(of: parent.spawn("second"))
        let third = try procFS.identity(of: parent.spawn("third"))
        let hoard = try DescriptorHoard()
        bench.watcher.watch(first)
        try check(!bench.watcher.needsPolling, "the watcher needs polling before the limit was raised")
        let more = try DescriptorHoard()
        bench.watcher.watch(second)
        try check(bench.watcher.needsPolling, "the watcher needs no polling, though it has no descriptor")
        try check(bench.degradations.count, equals: 1)
        more.release()
        hoard.release()
        for child in [first, second] { try parent.end(child.pid, "exit 3") }
        try bench.run(untilReports: 1)
        try check(bench.reports[first]?.status, equals: .exited(3))
        bench.watcher.poll()
        try check(bench.reports[second]?.status, equals: .exited(3))

        // Whoever can never look again must not wait for ever either.
        let last = try DescriptorHoard()
        bench.watcher.watch(third)
        for _ in 1..<ExitWatcher.failedLooksAtMost { bench.watcher.poll() }
        try check(bench.reports[third], equals: nil)
        bench.watcher.poll()
        try check(bench.reports[third], equals: .unknown)
        last.release()
    }

    /// The runtime opens a few descriptors of its own whenever it likes, so it takes many rounds to tell a leak from
    /// those: whatever leaks in a round leaks `rounds` times.
    static func leaksNoDescriptor() throws {
        let (rounds, parent) = (50, try TestProcess())
        var before = try openDescriptorCount()
        do {
            let hoard = (0..<rounds).map { _ in DescriptorBox(dup(STDERR_FILENO)) }
            let count = try openDescriptorCount()
            try check(count > before + rounds / 2, "the counter does not count: \(count) after \(before)")
            withExtendedLifetime(hoard) {}
        }
        before = try openDescriptorCount()
        let watched = try parent.spawn("watched")
        for _ in 0..<rounds {
            let (bench, procFS) = (try WatchBench(), try ProcFS())
            let scanner = ProcessScanner(root: procFS, excludingSelf: false)
            let found = try scanner.processes(matching: ProcessSelector(executable: "/test-process$"))
            try check(!found.isEmpty, "no test-process was found")
            let ending = try TestProcess()
            for process in [try ending.identity(), try procFS.identity(of: watched)] { bench.watcher.watch(process) }
            bench.watcher.watch(ProcessIdentity(pid: watched, startTicks: 1))
            _ = try requireError(SystemCallError.self) { try readSmallFile("/proc/self/stat", limit: 1) }
            try ending.command("exit 0")
            try bench.run(untilReports: 2)
        }
        let after = try openDescriptorCount()
        try check(after < before + rounds / 2, "\(after) descriptors are open after \(rounds) rounds, \(before) before")
    }

    private final class DescriptorBox {
        private let descriptor: FileDescriptor

        init(_ raw: Int32) { descriptor = FileDescriptor(owning: raw) }
    }
}
