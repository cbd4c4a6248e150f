import LinuxProcesses
import SupervisorCore

/// What `/proc` holds: the first byte says which file, the rest is its bytes.
enum ProcessCheck {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch first {
        case UInt8(ascii: "s"): try stat(rest)
        case UInt8(ascii: "u"): try status(rest)
        case UInt8(ascii: "d"): try directory(rest)
        case UInt8(ascii: "m"): try machine(rest)
        case UInt8(ascii: "n"): try name(rest)
        case UInt8(ascii: "p"): try RecordedProcessCheck.run(rest)
        default: break
        }
    }

    private static func stat(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let stat = ProcStatText(parsing: bytes) else { return }
        // What the kernel would write of the same process, by proc_pid_stat(5).
        var text = Array("1 (".utf8) + stat.name + Array(") ".utf8) + [stat.state]
        var fields = [String](repeating: "0", count: 49)
        fields[0] = String(stat.parentPID)
        fields[5] = String(stat.flags)
        fields[16] = String(stat.threadCount)
        fields[18] = String(stat.startTicks)
        if let code = stat.exitCode { fields[48] = String(code) } else { fields.removeLast(1) }
        text += Array((" " + fields.joined(separator: " ") + "\n").utf8)
        try BrokenPromise.unless(
            ProcStatText(parsing: text) == stat, "a process is read back from its stat",
            String(decoding: text, as: UTF8.self))
        try BrokenPromise.unless(
            ProcStatText(parsing: Array(text.dropLast())) == nil, "a stat without its line end counts as cut off")
    }

    private static func status(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let status = ProcStatusText(parsing: bytes) else { return }
        let line = Array("Uid:\t\(status.userID)".utf8)
        let digits = Array(String(status.userID).utf8)
        try BrokenPromise.unless(
            ProcStatusText(parsing: line) == status && digits.allSatisfy { bytes.contains($0) },
            "a uid is one that the text holds", "\(status.userID)")
    }

    /// Records of any bytes, and whole ones that are built of the same bytes as names.
    private static func directory(_ bytes: [UInt8]) throws(BrokenPromise) {
        var pids: [Int32] = []
        unsafe bytes.withUnsafeBytes { unsafe DirectoryRecords.appendNumbers(in: $0, to: &pids) }
        try BrokenPromise.unless(pids.allSatisfy { $0 > 0 }, "a pid is positive", "\(pids)")

        var (records, expected): ([UInt8], [Int32]) = ([], [])
        for name in bytes.split(separator: 0) {
            // struct linux_dirent64: inode, offset, length, type, name, padded to 8 bytes.
            let length = (19 + name.count + 1 + 7) / 8 * 8
            guard length <= 0xFFFF else { continue }
            records += [UInt8](repeating: 0xFF, count: 16) + [UInt8(length & 0xFF), UInt8(length >> 8), 4]
            records += name + [UInt8](repeating: 0, count: length - 19 - name.count)
            let isNumber = name.allSatisfy { (48...57).contains($0) }
            if isNumber, let pid = Int32(String(decoding: name, as: UTF8.self)), pid > 0 { expected.append(pid) }
        }
        var found: [Int32] = []
        unsafe records.withUnsafeBytes { unsafe DirectoryRecords.appendNumbers(in: $0, to: &found) }
        try BrokenPromise.unless(found == expected, "every pid of a directory is found", "\(found), not \(expected)")
    }

    /// `/proc/stat` and `/proc/uptime`, and times that are reckoned from them.
    private static func machine(_ bytes: [UInt8]) throws(BrokenPromise) {
        var parts = InputParts(bytes)
        let ticks = parts.bytes(until: 0).reduce(UInt64(0)) { $0 &* 251 &+ UInt64($1) }
        let text = parts.remainder()
        let bootTime = BootClock.bootTime(inStat: text)
        let uptime = BootClock.uptime(inUptime: text)
        try BrokenPromise.unless(
            (bootTime ?? 0) >= 0 && (bootTime ?? 0) <= 1 << 40 && (uptime ?? 0) >= 0, "times are times that can be",
            "\(String(describing: bootTime)), \(String(describing: uptime))")
        let clock = BootClock(bootTime: bootTime, uptime: uptime)
        let process = ProcessIdentity(pid: 1, startTicks: ticks)
        try BrokenPromise.unless(
            (clock.age(of: process) ?? 0) >= 0 && (clock.startTime(of: process) ?? 0) >= 0, "no age is negative",
            "\(ticks) ticks")
    }

    /// A name that the kernel cut, with arguments that may complete it.
    private static func name(_ bytes: [UInt8]) throws(BrokenPromise) {
        let comm = Array(bytes.prefix(ProcessName.cutLength))
        let rest = Array(bytes.dropFirst(ProcessName.cutLength))
        // A path holds no NUL.
        let path = rest.filter { $0 != 0 }
        let names = [
            ProcessName.completed(comm, fromArguments: rest), ProcessName.completed(comm, fromExecutable: path),
        ]
        for name in names.compactMap({ $0 }) {
            try BrokenPromise.unless(
                name.starts(with: comm) && !name.dropFirst(comm.count).contains(0) && name.count <= rest.count,
                "a name is completed with what follows it", "\(comm) to \(name)")
        }
    }
}
