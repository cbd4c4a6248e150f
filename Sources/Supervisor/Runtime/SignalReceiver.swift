internal import CLinux
internal import Glibc
internal import LinuxProcesses

/// Takes signals through a descriptor instead of handlers, signalfd(2).
///
/// The signals are blocked for the whole process, so it is made before any thread is. SIGPIPE is ignored, since a log
/// whose reader is gone must not end Knell.
final class SignalReceiver {
    /// Those that end a program, unless it takes them otherwise.
    static let ending = [SIGTERM, SIGINT, SIGHUP]

    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?

    /// Calls `onSignal` on the loop's thread with the number of each signal, for the life of this value.
    ///
    /// - Throws: ``SystemCallError`` of signalfd(2) or epoll_ctl(2).
    init(
        loop: EventLoop, signals numbers: [Int32] = ending, onSignal: @escaping (Int32) -> Void
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
            while case let number = knell_signalfd_read(raw), number > 0 { onSignal(number) }
        }
    }

    deinit {
        if let registration { loop.remove(registration) }
    }
}
