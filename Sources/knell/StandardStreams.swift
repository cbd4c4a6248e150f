import Glibc
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
    static var outputCanBeRedrawn: Bool { isTerminal(STDOUT_FILENO) }

    private static func style(of descriptor: Int32) -> TerminalStyle {
        TerminalStyle(isColoured: isTerminal(descriptor) && variable("NO_COLOR").isEmpty)
    }

    private static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && variable("TERM") != "dumb"
    }

    private static func variable(_ name: String) -> String {
        unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
    }

    /// A result, to standard output.
    static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// What keeps a command from its work, as `knell: error: TEXT` to standard error.
    static func printFault(_ text: String) { printError("knell: \(errorStyle.red("error:")) \(text)\n") }

    /// What a command can work with all the same, as `knell: warning: TEXT` to standard error.
    static func printWarning(_ text: String) { printError("knell: \(errorStyle.yellow("warning:")) \(text)\n") }

    /// A diagnostic, to standard error.
    static func printError(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A reader that is gone takes nothing; there is no one left to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
