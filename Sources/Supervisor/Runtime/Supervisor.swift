internal import Actions
package import ConfigModel
internal import Glibc
package import LinuxProcesses
package import SupervisorCore

/// The shell around the engine: one thread, one loop, which turns what happens into events and effects into deeds.
package final class Supervisor {
    /// How often processes are looked at that have no pidfd.
    private static let pollInterval = Duration.milliseconds(500)

    /// How long after the preparation the HTTP client's thread wakes up once more, for a timer that has lost its purpose;
    /// whatever it runs then is mapped again.
    private static let settlingTime = Duration.milliseconds(250)

    let log: EventLog
    private let options: Options
    private let loop: EventLoop
    let scanner: ProcessScanner
    private let procFS: ProcFS
    /// The process table is that of this machine, not a recorded one.
    private let isLive: Bool
    let queue = EventQueue()
    let watcher: ExitWatcher
    let performer: any ActionPerformer
    /// The command that Knell runs itself, and whose process stands for every target.
    let command: CommandRun?
    private var signals: SignalReceiver?
    private var status: StatusDesk?
    private var reloader: ConfigurationReloader?
    private(set) var engine: Engine
    private var nextPoll: Instant?
    /// When what the preparation has used is given back.
    private var nextRelease: Instant?
    var toldRights: Set<ProcessScan.MissingRight> = []

    /// Takes over the process's signals and opens what the loop needs.
    ///
    /// - Throws: ``SystemCallError`` where the kernel refuses something without which nothing works.
    package init(plan: Plan, options: Options, log: EventLog) throws(SystemCallError) {
        // Before anything is opened: these are the command's as well.
        let inherited = options.command == nil ? [] : CommandProcess.openDescriptors()
        self.options = options
        self.log = log
        let loop = try EventLoop()
        let queue = queue
        self.loop = loop
        procFS = try ProcFS(root: options.procRoot)
        isLive = procFS.isLive
        // Actions of `exec` may be about helpers in other containers; what is watched there descends from Knell.
        scanner = ProcessScanner(
            root: procFS, excludingSelf: isLive, scope: options.command == nil ? .strangers : .descendants)
        let actionScanner = ProcessScanner(
            root: procFS, excludingSelf: isLive, scope: options.command == nil ? .strangers : .everybody)
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
        let gate = CommandGate()
        let finished = { (id: AttemptID, result: AttemptResult) in
            if gate.command?.takes(id, result) != true { queue.append(.attemptFinished(id, result)) }
        }
        let gone = { (action: ActionID) in queue.append(.processesGone(action)) }
        let runner: ActionRunner?
        // What a command waits for is no action, so it is waited for in a dry run, too.
        if !options.isDryRun || options.command?.waitsFor.isEmpty == false {
            runner = try ActionRunner(
                loop: loop, scanner: actionScanner, procFS: procFS, onFinish: finished, onGone: gone)
        } else {
            runner = nil
        }
        let dryRunner = DryRunPerformer(onFinish: finished, onGone: gone)
        let asker: any ActionPerformer = if let runner { runner } else { dryRunner }
        let performer: any ActionPerformer = options.isDryRun ? dryRunner : asker
        self.performer = performer
        let (procFS, watcher) = (procFS, watcher)
        command = options.command.map {
            CommandRun(
                $0, inherited: inherited, log: log, procFS: procFS, performer: performer, asker: asker,
                reapedOrphan: watcher.reaped, report: queue.append)
        }
        engine = Engine(plan: plan, seed: UInt64.random(in: .min ... .max), at: MonotonicClock.now())
        gate.command = command
        let numbers = command == nil ? SignalReceiver.stopAndReload : SignalForwarding.taken
        signals = try SignalReceiver(numbers, loop: loop) { [weak self] signal in self?.received(signal) }
        // It has a thread of its own, which inherits what is blocked.
        if let address = options.statusAddress {
            status = try StatusDesk(
                on: address, version: options.version, isDryRun: options.isDryRun, loop: loop, log: log)
        }
        // An empty directory where the table belongs, as in a root that nobody has mounted it in.
        if options.procRoot == "/proc", procFS.ownPID() == nil, try procFS.processIDs().isEmpty {
            throw SystemCallError(call: "readlinkat", errno: ENOENT, subject: "/proc/self")
        }
        // Whoever cannot look at the process table, now or later, would wait for ever for what is there.
        // One more is for the watching of the configuration.
        guard DescriptorLimit.makeRoom(for: DescriptorLimit.neededToLook + 1) else {
            throw SystemCallError(call: "openat", errno: EMFILE, subject: options.procRoot)
        }
    }

    /// Runs until the engine has its verdict, and until the command has ended where Knell runs one.
    ///
    /// - Throws: ``SystemCallError`` where waiting itself fails, after which nothing can be noticed any more.
    package func run() throws(SystemCallError) -> Verdict {
        // Looked at before anything is waited for: later the only other process may have ended.
        let finding = command == nil ? namespaceFinding() : nil
        if let command {
            // Somebody may ask while the command waits for its start.
            beginStatus()
            command.begin()
        } else {
            queue.append(.started)
        }
        handleEvents()
        if command == nil { beginStatus() }
        if let finding {
            log.write(LogRecord(.namespaceNotShared, level: .warning).with { $0.error = finding.warning })
        }
        if engine.verdict == nil {
            watchConfiguration()
            prepare(for: engine.plan.requestTimeouts)
        }
        while true {
            if let verdict { return verdict }
            try loop.wait(until: nextDeadline)
            let now = MonotonicClock.now()
            if let deadline = watcher.nextDeadline, deadline <= now { watcher.deadlineReached(at: now) }
            if let deadline = performer.nextDeadline, deadline <= now { performer.deadlineReached(at: now) }
            if let deadline = command?.nextDeadline, deadline <= now { command?.deadlineReached() }
            pollIfNeeded(at: now)
            if let deadline = nextRelease, deadline <= now {
                nextRelease = nil
                loop.releaseMemoryBeforeSleep()
            }
            handleEvents()
            if let deadline = engine.nextDeadline, deadline <= now {
                queue.append(.deadlineReached)
                handleEvents()
            }
            // Last, for what has happened counts for the rules as they were.
            if let deadline = reloader?.nextDeadline, deadline <= now {
                reloader?.deadlineReached(at: now)
                handleEvents()
            }
        }
    }

    private func beginStatus() {
        status?.begin { [weak self] in self.map { ($0.engine.status, $0.command?.status) } }
    }

    /// What the run came to; `nil` while it goes on.
    private var verdict: Verdict? {
        guard let verdict = engine.verdict else { return nil }
        guard let command else { return verdict }
        guard command.isOver else { return nil }
        let whole = verdict.with(exitCode: command.exitCode(after: verdict), command: command.fate)
        command.finish(whole)
        return whole
    }

    private var nextDeadline: Instant? {
        [
            engine.nextDeadline, watcher.nextDeadline, performer.nextDeadline, nextPoll, nextRelease,
            reloader?.nextDeadline, command?.nextDeadline,
        ].compactMap(\.self).min()
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

    /// Makes ready for requests with these timeouts, and gives memory back: first what the start or a reload has used, so
    /// that it does not add to the preparation's at the peak, then before the sleep, and when the preparation is over.
    private func prepare(for timeouts: Set<Duration>) {
        loop.releaseMemoryBeforeSleep()
        if !timeouts.isEmpty {
            EventLoop.releaseMemory()
            performer.warmUp(for: timeouts) { [weak self] in
                self?.nextRelease = MonotonicClock.now() + Self.settlingTime
            }
        }
    }

    private func namespaceFinding() -> NamespaceCheck? {
        guard isLive, let ownPID = procFS.ownPID() else { return nil }
        return try? NamespaceCheck.finding(in: procFS, ownPID: ownPID, userID: geteuid())
    }

    // MARK: Signals and reloads

    private func received(_ signal: SignalReceiver.Arrival) {
        if let command { return command.received(signal) }
        switch signal.number {
        case SIGTERM: queue.append(.stopRequested(.terminate))
        case SIGINT: queue.append(.stopRequested(.interrupt))
        default:
            // Of several at once the first may have taken up what lets the run come to its end.
            guard engine.verdict == nil else { return }
            log.write(
                LogRecord(.signalReceived).with {
                    $0.signal = Signal(number: signal.number).description
                    $0.note = reloader == nil ? options.reasonNotToReload : nil
                })
            reloader?.reload()
        }
    }

    private func watchConfiguration() {
        guard let (source, version) = options.reload else { return }
        reloader = ConfigurationReloader(source, version: version, loop: loop, log: log) { [weak self] plan in
            self?.reloaded(plan)
        }
        reloader?.begin()
        handleEvents()
    }

    private func reloaded(_ plan: Plan) {
        if let command, command.isOver {
            return log.write(
                LogRecord(.configRejected, level: .warning).with {
                    $0.error = "the command has ended; the configuration stays as it was"
                })
        }
        let former = engine.plan.requestTimeouts
        queue.append(.reloaded(plan))
        handleEvents()
        // What was read and compared is not needed any more.
        if engine.verdict == nil { prepare(for: engine.plan.requestTimeouts.subtracting(former)) }
    }
}

/// Lets the performer's closures find the command, which comes into being after it.
private final class CommandGate {
    weak var command: CommandRun?
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
