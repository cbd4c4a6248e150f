internal import Glibc

/// Owns an open descriptor and closes it at the end of its life.
///
/// Whoever creates the descriptor sets `O_CLOEXEC` in the same call, so that no program that Knell starts inherits it.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, for system calls while this value lives.
    package let raw: Int32

    /// Takes over `raw`; nobody else may close it.
    package init(owning raw: Int32) { self.raw = raw }

    /// Hands the number over to somebody else who closes it.
    package consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    // close(2) is never tried again: Linux has released the number even where EINTR is returned.
    deinit { _ = close(raw) }
}
