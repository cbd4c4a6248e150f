internal import CLinux
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// The running command of `knell exec`: our child, from its start until it is reaped.
final class CommandProcess {
    let identity: ProcessIdentity
    let name: String
    private let hasOwnGroup: Bool
    /// The terminal whose foreground the command's own process group is given while Knell's is there.
    private let terminal: Int32?

    var pid: Int32 { identity.pid }

    /// Starts the command with the descriptors that Knell has inherited, and no other.
    ///
    /// - Throws: ``SpawnFault``.
    init(_ options: CommandOptions, inherited: Set<Int32>, procFS: ProcFS) throws(SpawnFault) {
        var spawn = ProcessSpawn(options.command)
        spawn.inherited = inherited
        hasOwnGroup = options.hasOwnGroup
        terminal = options.hasOwnGroup && isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : nil
        if options.hasOwnGroup {
            let foreground = terminal.flatMap { tcgetpgrp($0) == getpgrp() ? $0 : nil }
            spawn.group = foreground.map { .foreground(terminal: $0) } ?? .own
        }
        let program = options.command.first ?? ""
        let pid: Int32
        do throws(SystemCallError) {
            pid = try spawn.start()
        } catch {
            // The child may have given the terminal to its group before it found that there is nothing to run.
            if let terminal, case .foreground = spawn.group { _ = tcsetpgrp(terminal, getpgrp()) }
            throw SpawnFault(error, program: program)
        }
        // Not reaped yet, so /proc has it, even if it has ended already.
        identity = (try? procFS.identity(of: pid)) ?? ProcessIdentity(pid: pid, startTicks: 0)
        name = String(
            (program.lastIndex(of: "/").map { program[program.index(after: $0)...] } ?? program[...]).prefix(64))
    }

    /// Whether the command is in Knell's process group now: it may have left it, or have begun a session of its own.
    var sharesGroup: Bool { getpgid(pid) == getpgrp() }

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

    /// Stops Knell where the command in a group of its own was stopped, as a shell's job stops whole.
    func followStop() {
        guard terminal != nil else { return }
        let signal = knell_stopped_by(pid)
        guard signal != 0 else { return }
        // It wanted the terminal, which the shell has given to its job, that is to Knell, meanwhile.
        if signal == SIGTTIN || signal == SIGTTOU, handTerminalOver() { return send(SIGCONT) }
        takeTerminalBack()
        SignalReceiver.Arrival(number: SIGTSTP, isFromKernel: false, sender: 0).stopKnell()
        // Here a shell has let Knell go on.
        handTerminalOver()
        send(SIGCONT)
    }

    /// Gives the foreground of the terminal to the command's group, where it is Knell's; `false` where it is not.
    @discardableResult
    func handTerminalOver() -> Bool {
        guard let terminal, tcgetpgrp(terminal) == getpgrp() else { return false }
        return tcsetpgrp(terminal, pid) == 0
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
}
