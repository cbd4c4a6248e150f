import ArgumentParser
import Glibc
import LinuxProcesses
import Presentation

/// Writes results and diagnostics to where each belongs.
enum StandardStreams {
    /// Opens `/dev/null` in place of each standard stream that whoever started Knell has closed.
    ///
    /// To be called before anything else is opened: the next file or socket would get the number of the missing stream,
    /// and log lines would go there.
    static func openMissing() {
        // open(2) returns the lowest free number; so where one is missing it is the one that is returned.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = unsafe open("/dev/null", O_RDWR | O_NOCTTY)
        }
    }

    /// How results may look: coloured on a terminal that is not dumb, unless `NO_COLOR` is set (https://no-color.org).
    static var outputStyle: TerminalStyle { style(of: STDOUT_FILENO) }

    /// How diagnostics may look.
    static var errorStyle: TerminalStyle { style(of: STDERR_FILENO) }

    /// Whether standard output is a terminal that knows how to be cleared.
    static var outputCanBeRedrawn: Bool { isTerminal(STDOUT_FILENO) && !variable("TERM").isEmpty }

    private static func style(of descriptor: Int32) -> TerminalStyle {
        TerminalStyle(isColoured: isTerminal(descriptor) && variable("NO_COLOR").isEmpty)
    }

    private static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && variable("TERM") != "dumb"
    }

    private static func variable(_ name: String) -> String {
        unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
    }

    /// A result, to standard output. Where that takes nothing, as a full disk, the command ends here: half a result must not
    /// pass for a whole one.
    static func print(_ text: String) {
        guard let error = write(text, to: STDOUT_FILENO) else { return }
        printFault("cannot write the result: \(error)")
        Glibc.exit(KnellExitCode.osError.rawValue)
    }

    /// What keeps a command from its work, as `knell: error: TEXT` to standard error.
    static func printFault(_ text: String) { printError("knell: \(errorStyle.red("error:")) \(text.printable)\n") }

    /// What a command can work with all the same, as `knell: warning: TEXT` to standard error.
    static func printWarning(_ text: String) { printError("knell: \(errorStyle.yellow("warning:")) \(text)\n") }

    /// A diagnostic, to standard error.
    static func printError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Why not all was written; `nil` also for a reader that is gone, such as head(1): there is no one left to tell.
    private static func write(_ text: String, to descriptor: Int32) -> SystemCallError? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // Whoever gave us the stream reads it without waiting; we do wait.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&room, 1, -1)
                continue
            }
            guard count > 0 else { return errno == EPIPE ? nil : .last("write") }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
