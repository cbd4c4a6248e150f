internal import CLinux
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// The running command of `knell exec`: our child, from its start until it is reaped.
final class CommandProcess {
    let identity: ProcessIdentity
    let name: String
    private let hasOwnGroup: Bool
    /// The terminal whose foreground the command's process group has been given.
    private let terminal: Int32?

    var pid: Int32 { identity.pid }

    /// Starts the command with the descriptors that Knell has inherited, and no other.
    ///
    /// - Throws: ``SpawnFault``.
    init(_ options: CommandOptions, inherited: Set<Int32>, procFS: ProcFS) throws(SpawnFault) {
        Self.closeOnExec(except: inherited)
        var spawn = ProcessSpawn(options.command)
        hasOwnGroup = options.hasOwnGroup
        let isForeground = isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp()
        terminal = options.hasOwnGroup && isForeground ? STDIN_FILENO : nil
        if options.hasOwnGroup { spawn.group = terminal.map { .foreground(terminal: $0) } ?? .own }
        let program = options.command.first ?? ""
        let pid: Int32
        do throws(SystemCallError) {
            pid = try spawn.start()
        } catch {
            throw SpawnFault(error, program: program)
        }
        // Not reaped yet, so /proc has it, even if it has ended already.
        identity = (try? procFS.identity(of: pid)) ?? ProcessIdentity(pid: pid, startTicks: 0)
        name = program.lastIndex(of: "/").map { String(program[program.index(after: $0)...]) } ?? program
    }

    /// The command as a scan would have seen it.
    var sighting: Sighting { Sighting(process: identity, parentPID: getpid(), name: name) }

    /// Sends a signal to the command, or to its process group where it leads one. It is not reaped, so it is still it.
    func send(_ signal: Int32) { _ = kill(hasOwnGroup ? -pid : pid, signal) }

    /// How it ended, and reaps it; `nil` while it runs.
    func reap() -> ExitStatus? {
        var word: Int32 = 0
        let result = unsafe waitpid(pid, &word, WNOHANG)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        takeTerminalBack()
        return result == pid ? ExitStatus(waitStatus: word) : .unknown
    }

    /// Stops Knell where the command that has the terminal was stopped, as a shell's job stops whole.
    func followStop() {
        guard let terminal, knell_stopped_by(pid) != 0 else { return }
        takeTerminalBack()
        _ = raise(SIGSTOP)
        // Here a shell has let Knell go on: in the foreground where it has given it the terminal.
        if tcgetpgrp(terminal) == getpgrp() { _ = tcsetpgrp(terminal, pid) }
        send(SIGCONT)
    }

    private func takeTerminalBack() {
        // SIGTTOU is blocked, so this may be done from the background, tcsetpgrp(3).
        if let terminal, tcgetpgrp(terminal) == pid { _ = tcsetpgrp(terminal, getpgrp()) }
    }

    /// The descriptors that are open now, 0 to 2 among them. The kernel gives the lowest number that is free, so those of
    /// Knell are not beyond.
    static func openDescriptors() -> Set<Int32> {
        Set((0..<1_024).filter { $0 < 3 || fcntl($0, F_GETFD) >= 0 })
    }

    /// Keeps Knell's own descriptors, of which the HTTP client's sockets are not close-on-exec, out of the command.
    private static func closeOnExec(except inherited: Set<Int32>) {
        for descriptor in openDescriptors().subtracting(inherited) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
}
