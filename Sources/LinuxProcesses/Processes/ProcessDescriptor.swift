internal import CLinux
package import ConfigModel
internal import Glibc
package import SupervisorCore

/// A pidfd, pidfd_open(2): means one process for good, even after its pid has been given to another.
///
/// Readable once the process has ended, hung up once it has been reaped too.
package struct ProcessDescriptor: ~Copyable, Sendable {
    /// What `PIDFD_GET_INFO` answers about the end.
    enum ExitInformation: Hashable {
        /// The process has been reaped.
        case ended(ExitStatus)
        /// It has not been reaped; or the kernel is 6.13 or 6.14, which never tell.
        case notYet
        /// The kernel is older still, or the process was reaped without leaving a status.
        case unavailable
    }

    private let descriptor: FileDescriptor

    /// Opens a process, zombies included.
    ///
    /// The start time is read after the pidfd is open: where it is the right one, the pidfd cannot mean another
    /// process.
    ///
    /// - Throws: ``SystemCallError`` of pidfd_open(2), or of reading /proc; ESRCH where the pid belongs to nobody or to
    ///   another process by now.
    package init(of process: ProcessIdentity, in procFS: ProcFS) throws(SystemCallError) {
        let raw = knell_pidfd_open(process.pid, 0)
        guard raw >= 0 else { throw .last("pidfd_open", "\(process.pid)") }
        let descriptor = FileDescriptor(owning: raw)
        guard try procFS.identity(of: process.pid) == process else {
            throw SystemCallError(call: "pidfd_open", errno: ESRCH, subject: "\(process.pid)")
        }
        self.descriptor = descriptor
    }

    /// The number, for an ``EventLoop``.
    package var raw: Int32 { descriptor.raw }

    /// Sends a signal to this very process; a zombie takes it without effect.
    ///
    /// - Throws: ``SystemCallError`` of pidfd_send_signal(2); ESRCH once the process has been reaped, EPERM without the
    ///   right.
    package func send(_ signal: Signal) throws(SystemCallError) {
        guard knell_pidfd_send_signal(descriptor.raw, signal.number) == 0 else {
            throw .last("pidfd_send_signal", "\(signal)")
        }
    }

    func exitInformation() -> ExitInformation {
        var answer = knell_pidfd_exit()
        guard unsafe knell_pidfd_get_exit(descriptor.raw, &answer) == 0 else { return .unavailable }
        guard answer.mask & KNELL_PIDFD_INFO_EXIT != 0 else { return .notYet }
        return .ended(ExitStatus(waitStatus: answer.exit_code))
    }
}
