internal import Glibc
package import SupervisorCore

/// Turns start times, which count clock ticks after boot, into times of day and ages; proc_stat(5), proc_uptime(5).
package struct BootClock: Hashable, Sendable {
    /// Seconds since the beginning of 1970; `nil` where the table does not tell, as in a recorded one without `stat`.
    package let bootTime: Int64?
    /// The age of the machine in milliseconds, when it was asked.
    package let uptime: Int64?
    /// Clock ticks in a second, sysconf(3).
    package let ticksPerSecond: UInt64

    package init(bootTime: Int64?, uptime: Int64?, ticksPerSecond: UInt64 = 100) {
        self.bootTime = bootTime
        self.uptime = uptime
        self.ticksPerSecond = ticksPerSecond
    }

    /// The clock of a process table, as it is now or as it was recorded.
    package init(of procFS: ProcFS) {
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        self.init(
            bootTime: (try? procFS.contents(of: .stat)).flatMap(Self.bootTime(inStat:)),
            uptime: (try? procFS.contents(of: .uptime)).flatMap(Self.uptime(inUptime:)),
            ticksPerSecond: ticks > 0 ? UInt64(ticks) : 100)
    }

    /// When a process started, in milliseconds since the beginning of 1970.
    package func startTime(of process: ProcessIdentity) -> Int64? {
        guard let bootTime, let start = milliseconds(of: process) else { return nil }
        return bootTime * 1_000 + start
    }

    /// How many milliseconds ago a process started; `nil`, too, for one that would be younger than the clock.
    package func age(of process: ProcessIdentity) -> Int64? {
        guard let uptime, let start = milliseconds(of: process), start <= uptime else { return nil }
        return uptime - start
    }

    private func milliseconds(of process: ProcessIdentity) -> Int64? {
        let (product, overflow) = process.startTicks.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : Int64(exactly: product / ticksPerSecond)
    }

    /// The number of the line `btime` of `/proc/stat`; `nil` unless it is a time that can be.
    package static func bootTime(inStat text: [UInt8]) -> Int64? {
        let key = Array("btime ".utf8)
        guard let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: key) }),
            let number = Int64(decimalDigits: line.dropFirst(key.count)), (0...(1 << 40)).contains(number)
        else { return nil }
        return number
    }

    /// The first number of `/proc/uptime`, seconds with two decimals.
    package static func uptime(inUptime text: [UInt8]) -> Int64? {
        guard let field = text.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }).first
        else { return nil }
        let parts = field.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count == 2, let seconds = UInt32(decimalDigits: parts[0]),
            let hundredths = UInt32(decimalDigits: parts[1])
        else { return nil }
        return Int64(seconds) * 1_000 + Int64(hundredths) * 10
    }
}
