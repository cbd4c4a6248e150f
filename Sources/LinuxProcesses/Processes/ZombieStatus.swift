internal import SupervisorCore

/// What /proc tells of the end of a process that has not been reaped.
enum ZombieStatus: Hashable {
    case known(ExitStatus)
    /// It is a zombie, or about to be one, and its status is not for us; the parent may be slow to reap it.
    case withheld
    case gone

    /// Reads field 52 of `/proc/PID/stat`.
    ///
    /// Whoever lacks ptrace(2) read access is given 0 there, which looks like success: a matter of uids, gids,
    /// capabilities, dumpability and security modules, that only the kernel gets right. So 0 is believed only if the
    /// kernel lets us read a link that it guards by the same access check and that zombies have too.
    init(of process: ProcessIdentity, in procFS: ProcFS) {
        let stat: ProcStatText
        do {
            stat = try procFS.stat(of: process.pid)
        } catch {
            self = error.meansGone ? .gone : .withheld
            return
        }
        guard stat.startTicks == process.startTicks else {
            self = .gone
            return
        }
        guard stat.hasEnded, let code = stat.exitCode,
            code != 0 || (try? procFS.target(of: .userNamespace, process.pid)) != nil
        else {
            self = .withheld
            return
        }
        self = .known(ExitStatus(waitStatus: code))
    }
}
