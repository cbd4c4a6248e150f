/// What Knell wants of the text of `/proc/PID/status`, proc_pid_status(5).
package struct ProcStatusText: Hashable {
    /// The real uid, as seen from our own user namespace.
    package let userID: UInt32

    /// `nil` where there is no line `Uid:`. The name of the process cannot fake one: the kernel escapes line ends in
    /// it.
    package init?(parsing text: [UInt8]) {
        let key: [UInt8] = [0x55, 0x69, 0x64, 0x3A]  // Uid:
        let lines = text.split(separator: UInt8(ascii: "\n"))
        guard let line = lines.first(where: { $0.starts(with: key) }),
            let field = line.dropFirst(key.count).split(separator: UInt8(ascii: "\t")).first,
            let number = UInt32(decimalDigits: field)
        else { return nil }
        userID = number
    }
}
