internal import CLinux
internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// A process that a step speaks of.
struct FoundProcess: Hashable, Sendable {
    let pid: Int32
    /// Which process the pid means, where /proc tells; without, the pid alone has to do.
    let identity: ProcessIdentity?
    /// For messages.
    let name: String?
    /// What it was found by, where a selector has found it.
    var selector: ProcessSelector?

    /// Such as `17 (envoy)`.
    var label: String { name.map { "\(pid) (\($0))" } ?? "\(pid)" }
}

/// pidfd_open(2) or what stands for it in tests of kernels that lack it: the descriptor, or -1 and errno.
typealias PidfdOpening = @Sendable (Int32) -> Int32

/// pidfd_open(2) itself.
let kernelPidfdOpening: PidfdOpening = { knell_pidfd_open($0, 0) }

/// A hold on one process that a reused pid cannot deceive, pidfd_open(2).
enum ProcessHold: ~Copyable {
    case held(FileDescriptor)
    /// It has ended; the pid may be another's by now.
    case gone
    /// The kernel gives no such descriptor: Linux before 5.3, a seccomp filter, or no descriptor is left.
    case denied
}

extension FoundProcess {
    /// Opens a descriptor and then makes sure that it is still this process: in this order no reused pid can slip in.
    ///
    /// The start time alone does not tell: the kernel counts it in ticks of 10 ms, and a pid can be given away within one. So
    /// what the selector asks for is looked at again. It is the process's own if that has not ended by then, for a pid
    /// belongs to its process until this is reaped.
    func hold(_ procFS: ProcFS, open: PidfdOpening) -> ProcessHold {
        let raw = open(pid)
        if raw < 0 { return errno == ESRCH ? .gone : .denied }
        let descriptor = FileDescriptor(owning: raw)
        if let identity, !mayRun(identity, procFS) || !mayMatch(procFS) { return .gone }
        var state = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        // Readable means ended, a zombie included.
        if unsafe poll(&state, 1, 0) > 0 { return .gone }
        return .held(descriptor)
    }

    /// Whether the process runs, by what can be told without a descriptor.
    func isAlive(_ procFS: ProcFS) -> Bool {
        guard let identity else { return kill(pid, 0) == 0 || errno == EPERM }
        return mayRun(identity, procFS)
    }

    /// What /proc does not tell counts as a match.
    private func mayMatch(_ procFS: ProcFS) -> Bool {
        guard let selector else { return true }
        var facts = ProcProcessFacts(of: pid, in: procFS)
        return selector.verdict(on: &facts) == .match || facts.fault != nil
    }

    /// What /proc does not tell counts as running.
    private func mayRun(_ identity: ProcessIdentity, _ procFS: ProcFS) -> Bool {
        (try? procFS.isRunning(identity)) ?? true
    }
}
