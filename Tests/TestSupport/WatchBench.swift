package import LinuxProcesses
package import SupervisorCore

/// An event loop with an exit watcher, and what the watcher has said.
///
/// It does for the watcher what the shell does: it minds the deadline.
package final class WatchBench {
    /// The loop that the watcher adds its descriptors to.
    package let loop: EventLoop
    /// What is tried.
    package let watcher: ExitWatcher
    private let log: Log

    private final class Log {
        var reports: [(process: ProcessIdentity, report: ExitReport)] = []
        var degradations: [String] = []
    }

    /// A bench with nothing watched, on the machine's own /proc.
    package init() throws {
        let log = Log()
        self.log = log
        loop = try EventLoop()
        watcher = try ExitWatcher(
            loop: loop, procFS: ProcFS(),
            onExit: { log.reports.append(($0, $1)) }, onDegraded: { log.degradations.append($0) })
    }

    /// The first report of each process.
    package var reports: [ProcessIdentity: ExitReport] {
        Dictionary(log.reports.map { ($0.process, $0.report) }) { first, _ in first }
    }

    /// More than the number of ``reports`` if one process was reported twice.
    package var reportCount: Int { log.reports.count }
    /// What the watcher has told of means that it lacks.
    package var degradations: [String] { log.degradations }

    /// Runs the loop until that many reports have come, and returns how often the loop woke.
    ///
    /// - Throws: ``CheckFailure`` where far too long has passed.
    @discardableResult
    package func run(
        untilReports count: Int, file: StaticString = #fileID, line: UInt = #line
    ) throws -> Int {
        let limit = MonotonicClock.now() + .seconds(60)
        var turns = 0
        while log.reports.count < count {
            let now = MonotonicClock.now()
            try check(now < limit, "waited too long for \(count) reports; got \(log.reports)", file: file, line: line)
            try loop.wait(until: min(limit, watcher.nextDeadline ?? limit))
            watcher.deadlineReached(at: MonotonicClock.now())
            turns += 1
        }
        return turns
    }

    /// Runs what is ready now, and does not wait.
    package func runReady() throws { try loop.wait(until: MonotonicClock.now()) }
}
