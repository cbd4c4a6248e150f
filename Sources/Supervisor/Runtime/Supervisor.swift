internal import Actions
package import ConfigModel
internal import Glibc
package import LinuxProcesses
package import StatusServer
package import SupervisorCore

/// The shell around the engine: one thread, one loop, which turns what happens into events and effects into deeds.
package final class Supervisor {
    /// How a run behaves, apart from its plan.
    package struct Options {
        /// Actions are logged, not done.
        package var isDryRun = false
        /// Where the process table is.
        package var procRoot = "/proc"
        /// Where to listen for those who ask how things stand; `nil` for nowhere.
        package var statusAddress: ListenAddress?
        /// The version of Knell, for them.
        package var version = ""

        package init() {}
    }

    /// How often processes are looked at that have no pidfd.
    private static let pollInterval = Duration.milliseconds(500)

    private let log: EventLog
    private let options: Options
    private let plan: Plan
    private let loop: EventLoop
    private let scanner: ProcessScanner
    private let procFS: ProcFS
    /// The process table is that of this machine, not a recorded one.
    private let isLive: Bool
    private let queue = EventQueue()
    private let watcher: ExitWatcher
    private let performer: any ActionPerformer
    private let signals: SignalReceiver
    private let status: StatusDesk?
    private var engine: Engine
    private var nextPoll: Instant?
    private var toldRights: Set<ProcessScan.MissingRight> = []

    /// Takes over the process's signals and opens what the loop needs.
    ///
    /// - Throws: ``SystemCallError`` where the kernel refuses something without which nothing works.
    package init(plan: Plan, options: Options, log: EventLog) throws(SystemCallError) {
        self.plan = plan
        self.options = options
        self.log = log
        let loop = try EventLoop()
        let queue = queue
        self.loop = loop
        signals = try SignalReceiver(loop: loop) { number in
            switch number {
            case SIGTERM: queue.append(.stopRequested(.terminate))
            case SIGINT: queue.append(.stopRequested(.interrupt))
            default:
                log.write(
                    LogRecord(.signalReceived).with {
                        $0.signal = Signal(number: number).description
                        $0.note = "the configuration is read once, at the start"
                    })
            }
        }
        status =
            if let address = options.statusAddress {
                try StatusDesk(
                    on: address, version: options.version, isDryRun: options.isDryRun, loop: loop, log: log)
            } else { nil }
        procFS = try ProcFS(root: options.procRoot)
        // Whatever the path is called: a table in which we are ourselves is no recorded one.
        isLive = options.procRoot == "/proc" || procFS.ownPID() == getpid()
        scanner = ProcessScanner(root: procFS, excludingSelf: isLive)
        watcher = try ExitWatcher(
            loop: loop, procFS: procFS,
            onExit: { queue.append(.exited($0, $1)) },
            onDegraded: { reason in
                log.write(
                    LogRecord(.watchDegraded, level: .warning).with {
                        $0.error = reason
                        $0.note = "processes without a pidfd are looked at every \(Self.pollInterval.configText)"
                    })
            })
        performer =
            if options.isDryRun {
                DryRunPerformer(report: queue.append)
            } else {
                try ActionRunner(
                    loop: loop, scanner: scanner, procFS: procFS,
                    onFinish: { queue.append(.attemptFinished($0, $1)) }, onGone: { queue.append(.processesGone($0)) })
            }
        engine = Engine(plan: plan, seed: UInt64.random(in: .min ... .max), at: MonotonicClock.now())
    }

    /// Runs until the engine has its verdict.
    ///
    /// - Throws: ``SystemCallError`` where waiting itself fails, after which nothing can be noticed any more.
    package func run() throws(SystemCallError) -> Verdict {
        // Looked at before anything is waited for: later the only other process may have ended.
        let finding = namespaceFinding()
        queue.append(.started)
        handleEvents()
        if let finding {
            log.write(LogRecord(.namespaceNotShared, level: .warning).with { $0.error = finding.warning })
        }
        if engine.verdict == nil {
            status?.begin { [weak self] in self?.engine.status }
            // What the start has used is given back at once, and what the preparation has used when it is over.
            ResidentMemory.releaseUnused()
            let timeouts = plan.requestTimeouts
            if !timeouts.isEmpty {
                performer.warmUp(for: timeouts, completion: ResidentMemory.releaseUnused)
            }
        }
        while true {
            if let verdict = engine.verdict { return verdict }
            try loop.wait(until: nextDeadline)
            let now = MonotonicClock.now()
            if let deadline = watcher.nextDeadline, deadline <= now { watcher.deadlineReached(at: now) }
            if let deadline = performer.nextDeadline, deadline <= now { performer.deadlineReached(at: now) }
            pollIfNeeded(at: now)
            handleEvents()
            if let deadline = engine.nextDeadline, deadline <= now {
                queue.append(.deadlineReached)
                handleEvents()
            }
        }
    }

    private var nextDeadline: Instant? {
        [engine.nextDeadline, watcher.nextDeadline, performer.nextDeadline, nextPoll].compactMap(\.self).min()
    }

    private func handleEvents() {
        while let event = queue.popFirst() {
            status?.note(event)
            for effect in engine.handle(event, at: MonotonicClock.now()) {
                status?.note(effect)
                perform(effect)
            }
        }
        // First the deeds, then the words: no reader of the log stands between an end and its shutdown.
        log.flush()
        if !watcher.needsPolling {
            nextPoll = nil
        } else if nextPoll == nil {
            nextPoll = MonotonicClock.now() + Self.pollInterval
        }
    }

    private func pollIfNeeded(at now: Instant) {
        guard let due = nextPoll, due <= now else { return }
        nextPoll = now + Self.pollInterval
        watcher.poll()
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .scan(let queries): scan(queries)
        case .watch(let process): watcher.watch(process)
        case .unwatch(let process): watcher.unwatch(process)
        case .start(let attempt, let action): performer.start(attempt, action)
        case .cancel(let attempt): performer.cancel(attempt)
        case .awaitGone(let action, let reference): performer.awaitGone(action, reference)
        case .stopAwaitingGone(let action): performer.stopAwaitingGone(action)
        case .log(let record): log.hold(record)
        }
    }

    private func scan(_ queries: [TargetQuery]) {
        do throws(SystemCallError) {
            let scan = try scanner.scan(for: queries)
            for right in scan.missingRights { tell(right) }
            queue.append(.scanned(scan.result))
        } catch {
            queue.append(.scanFailed(reason: error.description))
        }
    }

    /// Says once for each target and condition which right is missing.
    private func tell(_ right: ProcessScan.MissingRight) {
        let key = ProcessScan.MissingRight(target: right.target, condition: right.condition, pid: 0)
        guard toldRights.insert(key).inserted else { return }
        log.write(
            LogRecord(.rightMissing, level: .warning).with {
                $0.rule = plan.rules[right.target.rule.number].name
                $0.target = right.target.index
                $0.pid = right.pid
                $0.error =
                    "may not read the \(right.condition.rawValue) of this process, so it does not match; run Knell as the same "
                    + "user (runAsUser), or give it the capability SYS_PTRACE"
            })
    }

    private func namespaceFinding() -> NamespaceCheck? {
        guard isLive, let ownPID = procFS.ownPID() else { return nil }
        return try? NamespaceCheck.finding(in: procFS, ownPID: ownPID, userID: geteuid())
    }
}

/// The events that wait for the engine, in their order; filled from callbacks, emptied by the loop.
private final class EventQueue {
    private var events: [Event] = []
    private var first = 0

    func append(_ event: Event) { events.append(event) }

    func popFirst() -> Event? {
        guard first < events.count else { return nil }
        let event = events[first]
        first += 1
        if first == events.count {
            events.removeAll(keepingCapacity: true)
            first = 0
        }
        return event
    }
}

extension Plan {
    /// The different timeouts of the actions that make a request; empty where none does.
    fileprivate var requestTimeouts: Set<Duration> {
        Set(
            rules.flatMap(\.actions).compactMap { action in
                if case .http = action.kind { action.timeout } else { nil }
            })
    }
}
