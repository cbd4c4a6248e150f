internal import CLinux
internal import Glibc

/// A system call that failed: which one, why, and on what.
package struct SystemCallError: Error, Hashable, Sendable {
    /// The name of the call, such as `openat`.
    package let call: String
    /// The value of errno(3).
    package let errno: Int32
    /// The path or the pid that the call was about.
    package let subject: String?

    package init(call: String, errno: Int32, subject: String? = nil) {
        self.call = call
        self.errno = errno
        self.subject = subject
    }

    /// The error of the call that has just returned -1. Nothing may stand between the two that could change errno.
    package static func last(_ call: String, _ subject: @autoclosure () -> String? = nil) -> SystemCallError {
        let value = Glibc.errno
        return SystemCallError(call: call, errno: value, subject: subject())
    }

    /// Whether the process that was asked about has ended: /proc answers ENOENT or ESRCH, depending on the moment.
    package var meansGone: Bool { errno == ENOENT || errno == ESRCH }

    /// Whether we are out of descriptors or memory, so that the failure says nothing of what was asked about.
    package var meansExhausted: Bool { errno == EMFILE || errno == ENFILE || errno == ENOMEM }

    /// Whether a right is missing.
    package var meansNotPermitted: Bool { errno == EACCES || errno == EPERM }
}

extension SystemCallError: CustomStringConvertible {
    /// Such as `openat /x: Permission denied (EACCES)`.
    package var description: String {
        let place = subject.map { " \($0)" } ?? ""
        guard let text = unsafe knell_errno_text(errno), let name = unsafe knell_errno_name(errno) else {
            return "\(call)\(place): error \(errno)"
        }
        return unsafe "\(call)\(place): \(String(cString: text)) (\(String(cString: name)))"
    }
}
