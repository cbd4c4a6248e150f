/// A Linux signal by number, 1 to 64.
package struct Signal: Hashable, Sendable {
    package let number: Int32

    package init(number: Int32) { self.number = number }
}

extension Signal: CustomStringConvertible {
    /// `SIGTERM`, or the number where the signal has no name (the real-time signals).
    package var description: String {
        Signal.names.first { $0.number == number }.map { "SIG" + $0.name } ?? String(number)
    }
}

extension Signal {
    /// The standard signals of Linux on x86-64 and arm64, signal(7).
    package static let names: [(name: String, number: Int32)] = [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("BUS", 7), ("FPE", 8),
        ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14), ("TERM", 15),
        ("STKFLT", 16), ("CHLD", 17), ("CONT", 18), ("STOP", 19), ("TSTP", 20), ("TTIN", 21), ("TTOU", 22),
        ("URG", 23), ("XCPU", 24), ("XFSZ", 25), ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29),
        ("PWR", 30), ("SYS", 31),
    ]

    /// Reads `SIGTERM`, `TERM` or `15`; `nil` for anything else.
    package init?(parsing text: String) {
        if let number = Int32(text) {
            guard (1...64).contains(number) else { return nil }
            self.number = number
            return
        }
        let short = text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text
        guard let known = Signal.names.first(where: { $0.name == short }) else { return nil }
        number = known.number
    }
}
