internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Performs an `exec` step: runs a program in a process group of its own and tells how it ended.
///
/// The end is an event of a pidfd in the loop; where the kernel gives none, a thread waits for it. The child is always
/// reaped here, also when the attempt was cancelled; so the shell must not reap it with a wait for any child.
final class ProgramAttempt: RunningAttempt {
    private let request: ExecRequest
    private let loop: EventLoop
    private let desk: ReplyDesk
    private let openPidfd: PidfdOpening
    private let finish: (AttemptResult) -> Void
    private var child: ChildProgram?

    init(
        _ request: ExecRequest, loop: EventLoop, desk: ReplyDesk, openPidfd: @escaping PidfdOpening,
        finish: @escaping (AttemptResult) -> Void
    ) {
        self.request = request
        self.loop = loop
        self.desk = desk
        self.openPidfd = openPidfd
        self.finish = finish
    }

    func start() {
        var spawn = ProcessSpawn(request.command)
        spawn.isSilent = true
        spawn.group = .own
        do throws(SystemCallError) {
            let pid = try spawn.start()
            child = ChildProgram(pid: pid, loop: loop, desk: desk) { [finish] status in
                finish(status == .exited(0) ? .done : .exited(status))
            }
            child?.watch(openPidfd)
        } catch {
            let fault = SpawnFault(error, program: request.command.first ?? "")
            finish(.failed(reason: fault.reason, isTransient: fault.isTransient))
        }
    }

    /// Takes the program's end in, where somebody else has noticed it first; `false` where it has not ended.
    func takeEnd() -> Bool { child?.takeEnd() ?? false }

    /// The pid of the program while it is known to be there.
    var pid: Int32? { child?.pid }

    func cancel() -> AttemptResult {
        guard let status = child?.end() else { return .timedOut }
        return status == .exited(0) ? .done : .exited(status)
    }
}

/// A child from its start to its reaping. What waits for its end keeps it alive, so it outlives a cancelled attempt.
private final class ChildProgram {
    let pid: Int32
    private let loop: EventLoop
    private let desk: ReplyDesk
    private var onEnd: ((ExitStatus) -> Void)?
    private var isReaped = false

    init(pid: Int32, loop: EventLoop, desk: ReplyDesk, onEnd: @escaping (ExitStatus) -> Void) {
        self.pid = pid
        self.loop = loop
        self.desk = desk
        self.onEnd = onEnd
    }

    /// Begins to wait for the end.
    func watch(_ openPidfd: PidfdOpening) {
        let raw = openPidfd(pid)
        guard raw >= 0 else { return waitOnThread() }
        let watch = PidfdWatch(FileDescriptor(owning: raw))
        do throws(SystemCallError) {
            watch.registration = try loop.register(raw, for: .readable) { [self] _ in
                let status = reap()
                // A cancellation may have reaped it before.
                guard isReaped else { return }
                if let registration = watch.registration { loop.remove(registration) }
                if let status { report(status) }
            }
        } catch {
            waitOnThread()
        }
    }

    /// Reaps the child and reports its end; `false` while it runs. The pidfd's handler then finds nothing left to do.
    func takeEnd() -> Bool {
        guard let status = reap() else { return false }
        report(status)
        return true
    }

    /// Ends the whole process group at once, unless the program has ended by itself: then its status is known.
    func end() -> ExitStatus? {
        onEnd = nil
        if let status = reap() { return status }
        // The child is not reaped yet, so neither its pid nor its group's number can be another's.
        if !isReaped { _ = kill(-pid, SIGKILL) }
        return nil
    }

    /// The thread leaves the reaping to the loop's thread: until then nobody else can get the pid.
    private func waitOnThread() {
        let pid = self.pid
        let waiter = try? BlockingTask(
            desk, work: { waitUntilEnded(pid) }, completion: { [self] in report(reap() ?? .unknown) })
        if waiter == nil {
            // Nothing would ever tell of its end; so it ends now, which is told at once.
            _ = kill(-pid, SIGKILL)
            waitUntilEnded(pid)
            report(reap() ?? .unknown)
        }
    }

    /// How it ended; `nil` while it runs. ``ExitStatus/unknown`` where somebody else has reaped it.
    private func reap() -> ExitStatus? {
        if isReaped { return nil }
        var word: Int32 = 0
        let result = unsafe waitpid(pid, &word, WNOHANG)
        if result == 0 { return nil }
        isReaped = true
        return result == pid ? ExitStatus(waitStatus: word) : .unknown
    }

    private func report(_ status: ExitStatus) {
        let onEnd = self.onEnd
        self.onEnd = nil
        onEnd?(status)
    }
}

/// Owns the descriptor for as long as the loop holds its handler.
private final class PidfdWatch {
    let descriptor: FileDescriptor
    var registration: EventLoop.Registration?

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
}

/// Blocks until a child has ended, and leaves it a zombie, waitid(2).
private func waitUntilEnded(_ pid: Int32) {
    var information = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
}
