internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Waits until a process that is not our child has been reaped by whoever is its parent.
package final class ReapingWatch {
    private let pid: Int32
    private let pidfd: ProcessDescriptor

    /// Takes hold of the process while it lives.
    package init(of pid: Int32) throws {
        self.pid = pid
        let procFS = try ProcFS()
        pidfd = try ProcessDescriptor(of: procFS.identity(of: pid), in: procFS)
    }

    /// A pidfd is readable for a zombie, and hung up once that is gone.
    package func await() throws {
        let deadline = MonotonicClock.now() + ChildProcess.patience
        while MonotonicClock.now() < deadline {
            // Nothing is asked for, so that only the hang-up counts.
            var request = pollfd(fd: pidfd.raw, events: 0, revents: 0)
            if unsafe poll(&request, 1, 1_000) > 0, request.revents & Int16(POLLHUP) != 0 { return }
            // Older kernels do not hang up; there the pid is nobody's.
            if kill(pid, 0) != 0, errno == ESRCH { return }
        }
        throw CheckFailure("\(pid) is not reaped")
    }
}
