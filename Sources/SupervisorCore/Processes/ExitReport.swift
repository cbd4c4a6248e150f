/// How a process ended, as far as the kernel tells.
package enum ExitStatus: Hashable, Sendable {
    /// It exited by itself with this code, 0 to 255.
    case exited(Int32)
    /// This signal killed it.
    case signalled(Int32)
    /// No source answers.
    case unknown

    /// Reads the status word that wait(2), `PIDFD_GET_INFO` and field 52 of `/proc/PID/stat` share.
    package init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
    }

    /// The exit code that a shell would report: the code, or 128+n for signal n; `nil` when unknown.
    package var shellCode: Int32? {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        case .unknown: nil
        }
    }
}

/// An exit status and who told it.
package struct ExitReport: Hashable, Sendable {
    /// Where an exit status comes from, best first.
    package enum Source: String, Hashable, Sendable {
        /// waitid(2): the process was our child.
        case waitid
        /// `PIDFD_GET_INFO` with `PIDFD_INFO_EXIT`, Linux 6.15.
        case pidfdInfo
        /// Field 52 of `/proc/PID/stat` while it was a zombie, proc_pid_stat(5).
        case procStat
        case none
    }

    package let status: ExitStatus
    package let source: Source

    package init(status: ExitStatus, source: Source) {
        self.status = status
        self.source = source
    }

    /// The report of a process whose status nobody tells.
    package static let unknown = ExitReport(status: .unknown, source: .none)
}
