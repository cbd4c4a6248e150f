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
        case waiting(StartGate)
        case running(CommandProcess)
        case ended(ProcessIdentity, ExitStatus)
        /// It was never started; the exit code is that of the rules where it is `nil`.
        case notStarted(exitCode: Int32?)
    }

    /// The rule number that attempts at the gate go by; rules of the engine count from 0.
    private static let gateRule = RuleID(-2)
    /// The most children that are reaped in one turn of the loop.
    private static let reapingBatch = 1_000

    private let options: CommandOptions
    private let log: EventLog
    private let procFS: ProcFS
    private let performer: any ActionPerformer
    private let report: (Event) -> Void
    private let inherited: Set<Int32>
    private var phase: Phase
    private var serial = 0
    /// The last attempt at each request of the gate.
    private var attempts: [Int: AttemptID] = [:]
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
    ///   - performer: Makes the requests that are waited for, and knows the children that are its own.
    ///   - report: Takes events for the engine.
    init(
        _ options: CommandOptions, inherited: Set<Int32>, log: EventLog, procFS: ProcFS,
        performer: any ActionPerformer, report: @escaping (Event) -> Void
    ) {
        self.options = options
        self.inherited = inherited
        self.log = log
        self.procFS = procFS
        self.performer = performer
        self.report = report
        phase = .waiting(
            StartGate(options.waitsFor.map(Action.asking), timeout: options.waitTimeout, at: MonotonicClock.now()))
    }

    /// Begins to wait, or starts the command at once where there is nothing to wait for.
    func begin() {
        // As PID 1 of a namespace it gets the orphans anyway. Fails on no kernel that Knell runs on.
        if getpid() != 1 { _ = knell_become_subreaper() }
        if !options.waitsFor.isEmpty {
            let urls = options.waitsFor.map { Action.asking($0).deed }.joined(separator: ", ")
            log.write(LogRecord(.commandWaiting).with { $0.note = urls })
        }
        advance()
    }

    /// Whether nothing more happens to the command.
    var isOver: Bool {
        switch phase {
        case .waiting, .running: false
        case .ended, .notStarted: true
        }
    }

    /// When ``deadlineReached()`` is due.
    var nextDeadline: Instant? {
        if case .waiting(let gate) = phase { gate.nextDeadline } else { nil }
    }

    /// Moves the wait on.
    func deadlineReached() { advance() }

    // MARK: The gate

    /// Whether an attempt is one at the gate, whose end is taken down then.
    func takes(_ id: AttemptID, _ result: AttemptResult) -> Bool {
        guard id.action.rule == Self.gateRule else { return false }
        if case .waiting(var gate) = phase {
            gate.attemptFinished(id.action.index, result, at: MonotonicClock.now())
            phase = .waiting(gate)
            advance()
        }
        return true
    }

    private func advance() {
        guard case .waiting(var gate) = phase else { return }
        let effects = gate.advance(at: MonotonicClock.now())
        phase = .waiting(gate)
        perform(effects)
        // What was performed may have answered at once, and moved it on by itself.
        guard case .waiting(let gate) = phase else { return }
        switch gate.state {
        case .waiting: break
        case .open: start()
        case .timedOut(let missing): timedOut(missing)
        }
    }

    private func perform(_ effects: [StartGate.Effect]) {
        for effect in effects {
            switch effect {
            case .attempt(let index):
                serial += 1
                attempts[index] = AttemptID(action: ActionID(rule: Self.gateRule, index: index), serial: serial)
                if let id = attempts[index] { performer.start(id, Action.asking(options.waitsFor[index])) }
            case .cancel(let index): if let id = attempts[index] { performer.cancel(id) }
            }
        }
    }

    private func timedOut(_ missing: [Int: String]) {
        let reasons = missing.sorted { $0.key < $1.key }.map { index, reason in
            "\(Action.asking(options.waitsFor[index]).deed): \(reason)"
        }
        let text = "no answer within \(options.waitTimeout.configText): \(reasons.joined(separator: "; "))"
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
        phase = .notStarted(exitCode: exitCode)
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
                _ = unsafe waitpid(pid, &word, WNOHANG)
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
        switch phase {
        case .waiting(var gate): cancelStart(signal.number, &gate)
        case .running(let process):
            let forwarding = SignalForwarding(signal, ownPID: getpid(), sharesGroup: !options.hasOwnGroup)
            tell(signal.number, forwarding.isForwarded ? "passed on to the command" : nil)
            if forwarding.isForwarded { process.send(signal.number) }
            if forwarding.stopsKnell { _ = raise(SIGSTOP) }
            if forwarding.requestsStop, !hasRequestedStop {
                hasRequestedStop = true
                report(.stopRequested(.terminate))
            }
        case .ended, .notStarted:
            tell(signal.number, nil)
            switch signal.number {
            case SIGTERM: report(.stopRequested(.terminate))
            case SIGINT: report(.stopRequested(.interrupt))
            default: break  // the command that it would be for is gone
            }
        }
    }

    /// Nothing is started any more, but the rules run: whoever would be shut down still has to be.
    private func cancelStart(_ signal: Int32, _ gate: inout StartGate) {
        guard [SIGTERM, SIGINT, SIGHUP, SIGQUIT].contains(signal) else { return }
        tell(signal, "the command is not started")
        let effects = gate.giveUp()
        giveUp(as: .terminated, exitCode: 128 + signal, reason: "stopped before the command was started")
        perform(effects)
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
        case .notStarted(let code): return code ?? (verdict.rules.isEmpty ? 1 : verdict.exitCode)
        case .ended(_, let status):
            let code = status.shellCode ?? 0
            if code != 0 { return code }
            if case .signal = verdict.reason { return verdict.exitCode }
            return verdict.rules.first { !$0.failures.isEmpty }.flatMap(\.exitCode) ?? 0
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
