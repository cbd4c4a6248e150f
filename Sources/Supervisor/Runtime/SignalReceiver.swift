internal import CLinux
internal import Glibc
internal import LinuxProcesses

/// Takes signals through a descriptor instead of handlers, signalfd(2).
///
/// The signals are blocked for the whole process, so it is made before any thread is. SIGPIPE and SIGXFSZ are
/// ignored, since a log whose reader is gone, or whose file may not grow, must not end Knell.
final class SignalReceiver {
    /// A signal that has come, and where from.
    struct Arrival: Hashable {
        let number: Int32
        /// The kernel sent it, as it does for the keys of a terminal, to the whole foreground process group.
        let isFromKernel: Bool
        /// The sender, 0 where it is outside of this PID namespace.
        let sender: Int32

        /// Knell has brought it about itself.
        var isOwn: Bool { sender == getpid() && !isFromKernel }

        /// Lets the signal do to Knell what it does to a program that does not take it: stop it, unless nobody is there to
        /// let it go on, in an orphaned process group.
        func stopKnell() {
            var signals = sigset_t()
            unsafe sigemptyset(&signals)
            unsafe sigaddset(&signals, number)
            _ = raise(number)
            unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        }
    }

    /// The most signals that are taken in one turn of the loop; those that wait come with the next.
    private static let batch = 64

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
        signal(SIGXFSZ, SIG_IGN)
        let raw = unsafe knell_signalfd(&signals)
        guard raw >= 0 else { throw .last("signalfd") }
        descriptor = FileDescriptor(owning: raw)
        self.loop = loop
        registration = try loop.register(raw, for: .readable) { _ in
            var signal = knell_signal()
            for _ in 0..<Self.batch {
                guard unsafe knell_signalfd_read(raw, &signal) == 0 else { return }
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

/// `SI_KERNEL` of sigaction(2), which Swift's Glibc module has under no one type.
private let siKernel: Int32 = 0x80
