internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// A terminal whose other end is the test: what programs do on a terminal only is tried on it, pty(7).
///
/// Every wait has a bound, as in ``ChildProcess``.
package final class PseudoTerminal {
    /// TIOCSPTLCK and TIOCGPTN, ioctl_tty(2): what unlockpt(3) and ptsname(3) do, which Swift's Glibc module lacks.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    /// The end that a program opens.
    package let path: String
    private let master: FileDescriptor
    private var received: [UInt8] = []

    /// A terminal with a window of this size.
    ///
    /// - Throws: ``ChildProcessFault`` where there is none to be had.
    package init(rows: UInt16 = 40, columns: UInt16 = 200) throws {
        let raw = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard raw >= 0 else { throw ChildProcessFault("open /dev/ptmx", errno: errno) }
        master = FileDescriptor(owning: raw)
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard unsafe ioctl(raw, Self.setLock, &lock) == 0, unsafe ioctl(raw, Self.getNumber, &number) == 0 else {
            throw ChildProcessFault("unlock the terminal", errno: errno)
        }
        path = "/dev/pts/\(number)"
        try resize(rows: rows, columns: columns)
    }

    /// Changes the window; the programs on the terminal are told, SIGWINCH.
    package func resize(rows: UInt16, columns: UInt16) throws {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard unsafe ioctl(master.raw, UInt(TIOCSWINSZ), &size) == 0 else {
            throw ChildProcessFault("TIOCSWINSZ", errno: errno)
        }
    }

    /// Types on the keyboard; `\u{3}` is Ctrl-C.
    package func type(_ keys: String) throws {
        let bytes = Array(keys.utf8)
        let count = unsafe bytes.withUnsafeBytes { unsafe write(master.raw, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw ChildProcessFault("write to the terminal", errno: errno) }
    }

    /// Reads on until what has come since the last call holds the text, and returns it up to and with the text.
    package func read(to text: String, within bound: Duration = ChildProcess.patience) throws -> String {
        let (wanted, deadline) = (Array(text.utf8), MonotonicClock.now() + bound)
        while true {
            if let end = endOfFirst(wanted) {
                defer { received.removeFirst(end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            guard try fill(before: deadline, "\"\(text)\"") else {
                throw ChildProcessFault(
                    "the terminal ends without \"\(text)\": \(String(decoding: received, as: UTF8.self))")
            }
        }
    }

    /// Reads until no program holds the terminal any more.
    package func readToEnd(within bound: Duration = ChildProcess.patience) throws -> String {
        let deadline = MonotonicClock.now() + bound
        while try fill(before: deadline, "the end") {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    private func endOfFirst(_ wanted: [UInt8]) -> Int? {
        guard received.count >= wanted.count else { return nil }
        return (0...(received.count - wanted.count)).first { received[$0..<($0 + wanted.count)].elementsEqual(wanted) }
            .map { $0 + wanted.count }
    }

    /// Whether more came; the end shows as EIO.
    private func fill(before deadline: Instant, _ what: String) throws -> Bool {
        try awaitReadable(
            master.raw, before: deadline, "\(what) on a terminal; so far: \(String(decoding: received, as: UTF8.self))")
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe Glibc.read(master.raw, &chunk, chunk.count)
        if count < 0 {
            guard errno == EIO else { throw ChildProcessFault("read from the terminal", errno: errno) }
            return false
        }
        received += chunk.prefix(count)
        return count > 0
    }
}
