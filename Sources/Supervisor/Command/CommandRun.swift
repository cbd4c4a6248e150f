internal import CLinux
internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Runs one command for `knell exec`: waits for what it needs, starts it, hands signals on, reaps, and knows how it ended.
///
/// It belongs to the loop's thread. For the engine the command is a process that matches every target: it is reported
/// through `report`, from inside the calls of this type.
final class CommandRun {
    private enum Phase {
        case waiting(Gatekeeper)
        case running(CommandProcess)
        case ended(ProcessIdentity, ExitStatus)
        /// It was never started, for this reason; the exit code is that of the rules where it is `nil`.
        case notStarted(exitCode: Int32?, reason: String)
    }

    /// The most children that are reaped in one turn of the loop.
    private static let reapingBatch = 1_000

    private let options: CommandOptions
    private let log: EventLog
    private let procFS: ProcFS
    private let performer: any ActionPerformer
    private let report: (Event) -> Void
    private let reapedOrphan: (Int32, ExitStatus) -> Void
    private let inherited: Set<Int32>
    private var phase: Phase
    /// The command as it was when it had ended.
    private var lastSighting: Sighting?
    /// The engine waits for the end of the command.
    private var isWatched = false
    private var hasRequestedStop = false

    /// - Parameters:
    ///   - options: The command.
    ///   - inherited: The descriptors that Knell had at its start, which the command inherits.
    ///   - log: Tells what becomes of the command.
    ///   - procFS: The process table of this PID namespace.
    ///   - performer: Knows the children that are its own.
    ///   - asker: Makes the requests that are waited for.
    ///   - reapedOrphan: Takes the pid, which is free from now on, and the status of every process that was reaped and is
    ///     neither the command nor a program of an action.
    ///   - report: Takes events for the engine.
    init(
        _ options: CommandOptions, inherited: Set<Int32>, log: EventLog, procFS: ProcFS,
        performer: any ActionPerformer, asker: any ActionPerformer,
        reapedOrphan: @escaping (Int32, ExitStatus) -> Void, report: @escaping (Event) -> Void
    ) {
        self.options = options
        self.inherited = inherited
        self.log = log
        self.procFS = procFS
        self.performer = performer
        self.reapedOrphan = reapedOrphan
        self.report = report
        phase = .waiting(Gatekeeper(options.waitsFor, timeout: options.waitTimeout, performer: asker))
    }

    /// Begins to wait, or starts the command at once where there is nothing to wait for.
    func begin() {
        // As PID 1 of a namespace it gets the orphans anyway. Fails on no kernel that Knell runs on.
        if getpid() != 1 { _ = knell_become_subreaper() }
        guard case .waiting(let gate) = phase else { return }
        if !options.waitsFor.isEmpty { log.write(LogRecord(.commandWaiting).with { $0.note = gate.description }) }
        gate.advance()
        passGate()
    }

    /// Whether nothing more happens to the command.
    var isOver: Bool {
        switch phase {
        case .waiting, .running: false
        case .ended, .notStarted: true
        }
    }

    /// What status pages tell of the command.
    var status: StatusSnapshot.Command {
        switch phase {
        case .waiting: StatusSnapshot.Command(state: .waiting, pid: nil, status: nil)
        case .running(let process): StatusSnapshot.Command(state: .running, pid: process.pid, status: nil)
        case .ended(let identity, let status):
            StatusSnapshot.Command(state: .ended, pid: identity.pid, status: status)
        case .notStarted: StatusSnapshot.Command(state: .notStarted, pid: nil, status: nil)
        }
    }

    /// When ``deadlineReached()`` is due.
    var nextDeadline: Instant? {
        if case .waiting(let gate) = phase { gate.nextDeadline } else { nil }
    }

    /// Moves the wait on.
    func deadlineReached() {
        guard case .waiting(let gate) = phase else { return }
        gate.advance()
        passGate()
    }

    // MARK: The gate

    /// Whether an attempt is one at the gate, whose end is taken down then.
    func takes(_ id: AttemptID, _ result: AttemptResult) -> Bool {
        guard Gatekeeper.owns(id) else { return false }
        if case .waiting(let gate) = phase {
            gate.attemptFinished(id, result)
            passGate()
        }
        return true
    }

    /// Goes on where the wait is over.
    private func passGate() {
        // What was performed may have been answered at once, and have led here before.
        guard case .waiting(let gate) = phase else { return }
        switch gate.state {
        case .waiting: break
        case .open: start()
        case .timedOut: timedOut(gate.missing)
        }
    }

    private func timedOut(_ missing: String) {
        let text = "no answer within \(options.waitTimeout.configText): \(missing)"
        if options.startsUnanswered {
            log.write(
                LogRecord(.commandWaiting, level: .warning).with {
                    $0.error = text
                    $0.note = "the command starts all the same"
                })
            start()
        } else {
            giveUp(as: .notStarted, exitCode: nil, reason: text)
        }
    }

    private func giveUp(as outcome: Outcome, exitCode: Int32?, reason: String) {
        phase = .notStarted(exitCode: exitCode, reason: reason)
        log.write(LogRecord(.commandFailed, level: .error).with { $0.error = reason })
        report(.started)
        report(.abandoned(outcome))
    }

    // MARK: The process

    private func start() {
        do throws(SpawnFault) {
            let process = try CommandProcess(options, inherited: inherited, procFS: procFS)
            phase = .running(process)
            log.write(
                LogRecord(.commandStarted).with {
                    $0.pid = process.pid
                    $0.processName = process.name
                })
            report(.started)
        } catch {
            giveUp(as: .notStarted, exitCode: error.shellCode, reason: error.reason)
        }
    }

    /// The command for a scan, until the engine knows of its end.
    var sighting: Sighting? {
        switch phase {
        case .running(let process): process.sighting
        case .ended(let identity, _) where !isWatched: lastSighting.flatMap { $0.process == identity ? $0 : nil }
        case .waiting, .ended, .notStarted: nil
        }
    }

    /// Whether this is the command, whose end is then reported as soon as it is known.
    func watches(_ process: ProcessIdentity) -> Bool {
        switch phase {
        case .running(let running) where running.identity == process: isWatched = true
        case .ended(process, let status):
            isWatched = true
            report(.exited(process, ExitReport(status: status, source: .waitid)))
        case .waiting, .running, .ended, .notStarted: return false
        }
        return true
    }

    /// Whether this is the command, in whose end nobody is interested any more.
    func unwatches(_ process: ProcessIdentity) -> Bool {
        guard case .running(let running) = phase, running.identity == process else { return false }
        isWatched = false
        return true
    }

    /// Reaps whatever has ended: the command, programs of actions, and orphans.
    private func reap() {
        if case .running(let process) = phase { process.followStop() }
        for _ in 0..<Self.reapingBatch {
            let pid = knell_ended_child()
            guard pid > 0 else { return }
            if case .running(let process) = phase, process.pid == pid {
                if let status = process.reap() { ended(process, status) }
            } else if !performer.reap(pid) {
                var word: Int32 = 0
                if unsafe waitpid(pid, &word, WNOHANG) == pid { reapedOrphan(pid, ExitStatus(waitStatus: word)) }
            }
        }
        // So many at once that the rest waits for the next turn.
        _ = kill(getpid(), SIGCHLD)
    }

    private func ended(_ process: CommandProcess, _ status: ExitStatus) {
        phase = .ended(process.identity, status)
        lastSighting = process.sighting
        log.hold(
            LogRecord(.commandExited).with {
                $0.pid = process.pid
                $0.processName = process.name
                switch status {
                case .exited(let code): $0.exitCode = code
                case .signalled(let number): $0.signal = Signal(number: number).description
                case .unknown: break
                }
            })
        if isWatched { report(.exited(process.identity, ExitReport(status: status, source: .waitid))) }
    }

    // MARK: Signals

    /// Takes a signal in that has come to Knell.
    func received(_ signal: SignalReceiver.Arrival) {
        if signal.number == SIGCHLD { return reap() }
        // What Knell has done to itself, such as the SIGPIPE of a log whose reader is gone, is for nobody: not even for
        // the log, which would bring the next.
        if signal.isOwn { return }
        switch phase {
        case .waiting(let gate):
            if SignalForwarding.stops(signal.number) { signal.stopKnell() } else { cancelStart(signal.number, gate) }
        case .running(let process):
            let forwarding = SignalForwarding(signal, sharesGroup: process.sharesGroup)
            tell(signal.number, forwarding.isForwarded ? "passed on to the command" : nil)
            // A shell may have given the terminal to Knell, for its job.
            if signal.number == SIGCONT { process.handTerminalOver() }
            if forwarding.isForwarded { process.send(signal.number) }
            if forwarding.stopsKnell { signal.stopKnell() }
            if forwarding.requestsStop, !hasRequestedStop {
                hasRequestedStop = true
                report(.stopRequested(.terminate))
            }
        case .ended, .notStarted:
            tell(signal.number, nil)
            switch signal.number {
            case SIGTERM: report(.stopRequested(.terminate))
            case SIGINT: report(.stopRequested(.interrupt))
            case _ where SignalForwarding.stops(signal.number): signal.stopKnell()
            default: break  // the command that it would be for is gone
            }
        }
    }

    /// Nothing is started any more, but the rules run: whoever would be shut down still has to be.
    private func cancelStart(_ signal: Int32, _ gate: Gatekeeper) {
        guard [SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains(signal) else { return }
        tell(signal, "the command is not started")
        giveUp(as: .terminated, exitCode: 128 + signal, reason: "stopped before the command was started")
        gate.giveUp()
    }

    private func tell(_ signal: Int32, _ note: String?) {
        let isRemarkable = [SIGTERM, SIGINT, SIGQUIT, SIGHUP].contains(signal)
        log.write(
            LogRecord(.signalReceived, level: isRemarkable ? .info : .debug).with {
                $0.signal = Signal(number: signal).description
                $0.note = note
            })
    }

    // MARK: The end

    /// The exit code of the run: the command's own, and where that is 0, the one of the first rule with a failure.
    func exitCode(after verdict: Verdict) -> Int32 {
        switch phase {
        case .waiting, .running: return verdict.exitCode
        case .notStarted(let code, _): return code ?? (verdict.rules.isEmpty ? 1 : verdict.exitCode)
        case .ended(_, let status):
            let code = status.shellCode ?? 0
            if code != 0 { return code }
            // Only what ended the actions counts; what `onTerminate: exit` makes of rules is no matter of the command's.
            if case .signal(let number) = verdict.reason, verdict.exitCode == 128 + number { return verdict.exitCode }
            return verdict.rules.first { !$0.failures.isEmpty }.flatMap(\.exitCode) ?? 0
        }
    }

    /// What became of the command, in words.
    var fate: String {
        switch phase {
        case .waiting: "it was not started"
        case .running(let process): "\(process.name) still runs"
        case .ended(_, let status): "\(lastSighting?.name ?? "it") \(status.phrase)"
        case .notStarted(_, let reason): reason
        }
    }

    /// Whether records of this name come from here, and not from the engine.
    func tells(_ name: LogRecord.Name) -> Bool { name == .signalReceived || name == .runFinished }

    /// Tells how the run ended, in place of the engine, which may be through before the command is.
    func finish(_ verdict: Verdict) {
        log.write(
            LogRecord(.runFinished, level: verdict.exitCode == 0 ? .info : .error).with {
                $0.exitCode = verdict.exitCode
                $0.note = verdict.reason.text
            })
    }
}
