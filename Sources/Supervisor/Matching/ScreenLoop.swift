internal import ConfigModel
internal import Glibc
package import LinuxProcesses
internal import Presentation
internal import SupervisorCore

/// Redraws a terminal at intervals until a signal ends it, and leaves the terminal as it was.
///
/// It takes over the signals of the process, as a run does, and sleeps between the frames.
package struct ScreenLoop {
    /// The other screen, so that what stood on the terminal comes back; no cursor, which would jump about.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    private final class Inbox {
        var signals: [Int32] = []
    }

    private let descriptor: Int32
    private let interval: Duration

    /// The descriptor is a terminal, borrowed for the time of ``run(frame:)``.
    package init(descriptor: Int32 = STDOUT_FILENO, interval: Duration) {
        self.descriptor = descriptor
        self.interval = interval
    }

    /// Shows frames, each cut to the window, until a signal comes or the terminal is gone.
    ///
    /// - Returns: The number of SIGINT, SIGQUIT, SIGTERM or SIGHUP; SIGHUP also for a terminal that takes nothing any more.
    /// - Throws: ``SystemCallError`` of the loop or of `frame`; the terminal is restored then, too.
    package func run(frame: () throws(SystemCallError) -> String) throws(SystemCallError) -> Int32 {
        let (loop, inbox) = (try EventLoop(), Inbox())
        let receiver = try SignalReceiver([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH], loop: loop) {
            inbox.signals.append($0.number)
        }
        return try withExtendedLifetime(receiver) { () throws(SystemCallError) in
            defer { _ = write(Self.leave) }
            guard write(Self.enter) else { return SIGHUP }
            while true {
                guard write(TerminalSize(of: descriptor).fit(try frame())) else { return SIGHUP }
                let deadline = MonotonicClock.now() + interval
                repeat { try loop.wait(until: deadline) } while inbox.signals.isEmpty && MonotonicClock.now() < deadline
                for number in inbox.signals where number != SIGWINCH {
                    guard number == SIGTSTP else { return number }
                    guard pause() else { return SIGHUP }
                }
                inbox.signals = []
            }
        }
    }

    /// Stops the process as the terminal asks for, and comes back when it is continued.
    private func pause() -> Bool {
        guard write(Self.leave) else { return false }
        raise(SIGSTOP)
        return write(Self.enter)
    }

    private func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// The cells of a terminal.
struct TerminalSize: Hashable {
    let rows: Int
    let columns: Int

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// As the terminal tells, TIOCGWINSZ; 24 by 80 where it does not know.
    init(of descriptor: Int32) {
        var size = winsize()
        let answer = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size)
        let isKnown = answer == 0 && size.ws_row > 0 && size.ws_col > 0
        self.init(rows: isKnown ? Int(size.ws_row) : 24, columns: isKnown ? Int(size.ws_col) : 80)
    }

    /// A whole screen of lines: from the top left, each cut to the width and cleared behind its end; the last row says
    /// how many did not fit. No line end behind the last row, which would scroll.
    func fit(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        if lines.count > rows {
            let hidden = lines.count - (rows - 1)
            lines = Array(lines.prefix(rows - 1)) + ["… \(hidden) more lines"]
        }
        let cut = lines.map { $0.truncated(toWidth: columns) + "\u{1B}[K" }
        return "\u{1B}[H" + cut.joined(separator: "\r\n") + "\u{1B}[J"
    }
}
