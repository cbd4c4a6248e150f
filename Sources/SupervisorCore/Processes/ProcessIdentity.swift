/// One process for good: a pid is used again, the pair of pid and start time is not.
package struct ProcessIdentity: Hashable, Sendable {
    package let pid: Int32
    /// Clock ticks after boot, field 22 of `/proc/PID/stat`, proc_pid_stat(5).
    package let startTicks: UInt64

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}
