internal import CLinux
internal import Glibc
internal import LinuxProcesses

/// Takes signals through a descriptor instead of handlers, signalfd(2).
///
/// The signals are blocked for the whole process, so it is made before any thread is. SIGPIPE is ignored, since a log
/// whose reader is gone must not end Knell.
final class SignalReceiver {
    /// A signal that has come, and where from.
    struct Arrival: Hashable {
        let number: Int32
        /// The kernel sent it, as it does for the keys of a terminal, to the whole foreground process group.
        let isFromKernel: Bool
        /// The sender, 0 where it is outside of this PID namespace.
        let sender: Int32
    }

    /// What `knell run` takes: the requests to stop, and the one to reload.
    static let stopAndReload = [SIGTERM, SIGINT, SIGHUP]

    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?

    /// Calls `onSignal` on the loop's thread with each of these signals, for the life of this value.
    ///
    /// - Throws: ``SystemCallError`` of signalfd(2) or epoll_ctl(2).
    init(
        _ numbers: [Int32], loop: EventLoop, onSignal: @escaping (Arrival) -> Void
    ) throws(SystemCallError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in numbers { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        let raw = unsafe knell_signalfd(&signals)
        guard raw >= 0 else { throw .last("signalfd") }
        descriptor = FileDescriptor(owning: raw)
        self.loop = loop
        registration = try loop.register(raw, for: .readable) { _ in
            var signal = knell_signal()
            while unsafe knell_signalfd_read(raw, &signal) == 0 {
                onSignal(
                    Arrival(
                        number: signal.number, isFromKernel: signal.code == siKernel, sender: signal.sender))
            }
        }
    }

    deinit {
        if let registration { loop.remove(registration) }
    }
}

extension Supervisor {
    /// Holds the signals back that ask to stop or to reload, until a supervisor takes them, where this process is PID 1.
    ///
    /// For the very start. The kernel drops a signal for the init of a PID namespace that has no handler, so one that
    /// comes in the first milliseconds would be lost, pid_namespaces(7). Any other process is simply ended by it.
    package static func holdSignalsAsInit() {
        guard getpid() == 1 else { return }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in SignalReceiver.stopAndReload { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

/// `SI_KERNEL` of sigaction(2), which Swift's Glibc module has under no one type.
private let siKernel: Int32 = 0x80
