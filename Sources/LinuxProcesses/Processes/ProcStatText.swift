/// The text of `/proc/PID/stat`, read; proc_pid_stat(5).
///
/// The second field is the name in parentheses, and a name may hold anything, parentheses, blanks and line ends
/// included. All that follows is numbers and one letter, so the *last* closing parenthesis ends the name.
package struct ProcStatText: Hashable {
    /// `PF_KTHREAD` of the kernel's own sched.h; stable since Linux 2.6.27.
    private static let kernelThreadFlag: UInt32 = 0x0020_0000

    /// Field 2, at most 15 bytes for a user's process.
    package let name: [UInt8]
    /// Field 3, such as `R`, `S` or `Z`.
    package let state: UInt8
    /// Field 4; 0 where the parent is outside of this PID namespace.
    package let parentPID: Int32
    /// Field 9.
    package let flags: UInt32
    /// Field 20.
    package let threadCount: Int
    /// Field 22, in clock ticks after boot.
    package let startTicks: UInt64
    /// Field 52, a wait status; 0 for whom ptrace(2) read access is denied, and `nil` before Linux 3.5.
    package let exitCode: Int32?

    /// `nil` where the text is not what a kernel writes; without its line end it counts as cut off.
    package init?(parsing text: [UInt8]) {
        guard text.last == UInt8(ascii: "\n"),
            let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        name = Array(text[(open + 1)..<close])

        var fields = FieldReader(rest: text[(close + 1)...])
        guard let state = fields.next(), state.count == 1, let letter = state.first,
            let parentPID: Int32 = fields.number(),
            fields.skip(4), let flags: UInt32 = fields.number(),
            fields.skip(10), let threadCount: Int = fields.number(),
            fields.skip(1), let startTicks: UInt64 = fields.number()
        else { return nil }
        self.state = letter
        self.parentPID = parentPID
        self.flags = flags
        self.threadCount = threadCount
        self.startTicks = startTicks
        exitCode = fields.skip(29) ? fields.number() : nil
    }

    /// A thread of the kernel, which no selector matches.
    var isKernelThread: Bool { flags & Self.kernelThreadFlag != 0 }

    /// Nothing of the process runs any more: a zombie, or one that is being removed.
    ///
    /// A process whose first thread has ended while others run shows as a zombie too, but counts them.
    var hasEnded: Bool {
        (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") || state == UInt8(ascii: "x")) && threadCount <= 1
    }
}

/// Takes fields that blanks separate, one after the other.
private struct FieldReader {
    var rest: ArraySlice<UInt8>

    mutating func next() -> ArraySlice<UInt8>? {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
        guard let start = rest.firstIndex(where: { !isBlank($0) }) else { return nil }
        let end = rest[start...].firstIndex(where: isBlank) ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[start..<end]
    }

    mutating func skip(_ count: Int) -> Bool {
        for _ in 0..<count where next() == nil { return false }
        return true
    }

    mutating func number<Number: FixedWidthInteger>() -> Number? {
        next().flatMap { Number(decimalDigits: $0) }
    }
}

extension FixedWidthInteger {
    /// Reads an optional minus and decimal digits; `nil` for anything else, or where the number does not fit.
    init?(decimalDigits text: some Collection<UInt8>) {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty else { return nil }
        var value: Self = 0
        for byte in digits {
            guard let digit = Self(exactly: Int(byte) - 0x30), (0...9).contains(digit) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        self = value
    }
}
