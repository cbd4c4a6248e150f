internal import CLinux
internal import Glibc

/// Reads a whole file of at most `limit` bytes: a pid file, a secret.
///
/// It never waits: a FIFO or a device that has nothing to say is read as empty or fails with EAGAIN.
///
/// - Throws: ``SystemCallError`` of openat(2) or read(2); EFBIG where the file is larger, EISDIR for a directory.
package func readSmallFile(_ path: String, limit: Int) throws(SystemCallError) -> [UInt8] {
    let raw = unsafe knell_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)
    guard raw >= 0 else { throw .last("openat", path) }
    let file = FileDescriptor(owning: raw)
    // One byte more than allowed tells a file that is too large from one that just fits.
    guard let bytes = file.readAll(limit: limit + 1) else { throw .last("read", path) }
    guard bytes.count <= limit else { throw SystemCallError(call: "read", errno: EFBIG, subject: path) }
    return bytes
}

extension FileDescriptor {
    /// Reads from here to the end, but at most `limit` bytes; `nil` where read(2) failed and errno says why.
    func readAll(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            guard let more = readOnce(limit: min(limit - bytes.count, max(4_096, bytes.count))) else { return nil }
            if more.isEmpty { break }
            if bytes.isEmpty { bytes = more } else { bytes += more }
        }
        return bytes
    }

    /// Reads what one read(2) gives, at most `limit` bytes; `nil` where it failed and errno says why.
    func readOnce(limit: Int) -> [UInt8]? {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var result: Int
            repeat { result = unsafe read(raw, buffer.baseAddress, buffer.count) } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else {
            // The array has been freed since, which may have changed errno.
            errno = failure
            return nil
        }
        return bytes
    }
}
