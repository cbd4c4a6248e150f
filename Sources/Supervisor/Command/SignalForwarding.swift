internal import Glibc

/// What becomes of a signal while the command of `knell exec` runs.
struct SignalForwarding: Hashable {
    /// Knell takes every signal that can be passed on, and the one that tells of children.
    ///
    /// Not SIGKILL and SIGSTOP, which nobody can take; not SIGURG, which only tells of sockets; and not those by which
    /// faults of Knell itself show. 32 and 33 are glibc's own, nptl(7).
    static let taken: [Int32] = (1...64).filter { number in
        ![SIGKILL, SIGSTOP, SIGURG, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, 32, 33].contains(number)
    }

    /// Whether a signal stops a program that does not take it otherwise.
    static func stops(_ number: Int32) -> Bool { [SIGTSTP, SIGTTIN, SIGTTOU].contains(number) }

    /// The command gets it.
    let isForwarded: Bool
    /// Knell stops too, so that a shell sees its job stopped.
    let stopsKnell: Bool
    /// The run ends as `onTerminate` says, once the command has had its time.
    let requestsStop: Bool

    /// - Parameters:
    ///   - signal: What has come; SIGCHLD is no matter of forwarding.
    ///   - sharesGroup: The command is in Knell's process group now, so the terminal's signals reach it without Knell.
    init(_ signal: SignalReceiver.Arrival, sharesGroup: Bool) {
        let hasArrived = signal.isFromKernel && sharesGroup && ![SIGHUP, SIGCONT].contains(signal.number)
        isForwarded = signal.number != SIGCHLD && !hasArrived
        stopsKnell = Self.stops(signal.number)
        requestsStop = signal.number == SIGTERM
    }
}
