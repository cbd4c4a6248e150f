import TestSupport

/// Programs that a machine may have or not.
enum Programs {
    /// Whether one of this name is in `PATH`.
    static func has(_ name: String) -> Bool {
        (try? ChildProcess("/bin/sh", ["-c", "command -v \"$1\" >/dev/null", "sh", name]).wait()) == 0
    }
}
