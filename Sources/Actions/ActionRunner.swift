package import ConfigModel
package import LinuxProcesses
package import SupervisorCore

/// Performs attempts and watches for processes to be gone: the shell's hands.
///
/// It belongs to the loop's thread, and no call blocks. Results come from within a call or later on the same thread,
/// once for every attempt that was started.
package final class ActionRunner {
    private let loop: EventLoop
    private let desk: ReplyDesk
    private let processes: ProcessResolver
    private let transport: HTTPTransport
    private let onFinish: (AttemptID, AttemptResult) -> Void
    private let onGone: (ActionID) -> Void
    private var attempts: [AttemptID: any RunningAttempt] = [:]
    private var rehearsal: Rehearsal?
    private var goneWatches: [ActionID: GoneWatch] = [:]

    /// A runner on `loop`; `procFS` is the process table that `scanner` looks through.
    ///
    /// - Throws: ``SystemCallError`` for want of descriptors or memory.
    package init(
        loop: EventLoop,
        scanner: ProcessScanner,
        procFS: ProcFS,
        onFinish: @escaping (AttemptID, AttemptResult) -> Void,
        onGone: @escaping (ActionID) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.desk = try ReplyDesk(on: loop)
        self.processes = ProcessResolver(scanner: scanner, procFS: procFS)
        self.transport = HTTPTransport()
        self.onFinish = onFinish
        self.onGone = onGone
    }

    /// Begins an attempt.
    ///
    /// A step that only waits is the engine's own and never gets here.
    package func start(_ id: AttemptID, _ action: Action) {
        precondition(attempts[id] == nil, "attempt \(id) was started twice")
        switch action.kind {
        case .http(let request):
            begin(
                id,
                HTTPAttempt(
                    RequestOutline(request), timeout: action.timeout, transport: transport, desk: desk,
                    finish: finish(id)))
        case .touch(let request): begin(id, TouchAttempt(request, desk: desk, finish: finish(id)))
        case .exec(let request):
            begin(
                id,
                ProgramAttempt(
                    request, loop: loop, desk: desk, openPidfd: processes.openPidfd, finish: finish(id)))
        case .signal(let request): onFinish(id, SignalDelivery(processes: processes).deliver(request))
        case .sleep: preconditionFailure("attempt \(id) sleeps: the engine does that with its clock")
        }
    }

    /// Ends an attempt now; its result is told before this returns. Without effect on one that has ended.
    package func cancel(_ id: AttemptID) {
        guard let attempt = attempts.removeValue(forKey: id) else { return }
        onFinish(id, attempt.cancel())
    }

    /// Tells `onGone` once none of the processes is left, now or later.
    package func awaitGone(_ id: ActionID, _ reference: ProcessReference) {
        let watch = GoneWatch(reference, processes: processes, loop: loop) { [weak self] in
            guard let self, goneWatches.removeValue(forKey: id) != nil else { return }
            onGone(id)
        }
        goneWatches[id] = watch
        watch.start()
    }

    /// Waits no longer; `onGone` is not told.
    package func stopAwaitingGone(_ id: ActionID) {
        goneWatches.removeValue(forKey: id)?.stop()
    }

    /// When ``deadlineReached(at:)`` is to be called next; `nil` as long as the kernel reports every end by itself.
    package var nextDeadline: Instant? {
        goneWatches.values.lazy.compactMap(\.nextCheck).min()
    }

    /// Looks again after the processes whose end the kernel does not report.
    package func deadlineReached(at now: Instant) {
        for watch in Array(goneWatches.values) where watch.nextCheck.map({ $0 <= now }) ?? false {
            watch.check()
        }
    }

    /// Makes the HTTP client ready, so that the first request that matters is not the first that is made.
    ///
    /// For the idle time after the start, and only where the plan has an `http` step. It takes some milliseconds, mostly
    /// of the client's thread, and leaves no connection, no timer and no descriptor behind; see ``Rehearsal``.
    ///
    /// - Parameters:
    ///   - timeouts: Those of the attempts to come, since each has a client of its own.
    ///   - completion: Called once, on the loop's thread, when nothing of it goes on any more.
    package func warmUp(for timeouts: Set<Duration>, completion: @escaping () -> Void) {
        transport.prepare(for: timeouts)
        guard rehearsal == nil, let rehearsal = Rehearsal(on: loop) else { return completion() }
        self.rehearsal = rehearsal
        let address: ReplyAddress<AttemptResult> = desk.await { [weak self] _ in self?.rehearseRefusal(completion) }
        if case .failure = transport.begin(rehearsal.request, connectTimeout: Rehearsal.bound, reply: address) {
            desk.forget(address)
            self.rehearsal = nil
            completion()
        }
    }

    /// The second exchange goes the whole way of an attempt.
    private func rehearseRefusal(_ completion: @escaping () -> Void) {
        guard let request = rehearsal?.refusedRequest else {
            rehearsal = nil
            return completion()
        }
        let id = AttemptID(action: ActionID(rule: RuleID(-1), index: -1), serial: -1)
        let attempt = HTTPAttempt(request, timeout: Rehearsal.bound, transport: transport, desk: desk) {
            [weak self] _ in
            self?.attempts[id] = nil
            self?.rehearsal = nil
            completion()
        }
        begin(id, attempt)
    }

    /// The programs of attempts that run now, by their pids.
    package var programs: Set<Int32> { Set(attempts.values.compactMap { ($0 as? ProgramAttempt)?.pid }) }

    /// Reaps this child where it is an attempt's program that has ended, and reports the attempt; `false` for any other.
    ///
    /// For a shell that reaps orphans: a program's status is for the attempt that started it.
    package func reap(_ pid: Int32) -> Bool {
        let attempt = attempts.values.lazy.compactMap { $0 as? ProgramAttempt }.first { $0.pid == pid }
        return attempt?.takeEnd() ?? false
    }

    private func begin(_ id: AttemptID, _ attempt: any RunningAttempt) {
        attempts[id] = attempt
        attempt.start()
    }

    private func finish(_ id: AttemptID) -> (AttemptResult) -> Void {
        { [weak self] result in
            guard let self, attempts.removeValue(forKey: id) != nil else { return }
            onFinish(id, result)
        }
    }
}
