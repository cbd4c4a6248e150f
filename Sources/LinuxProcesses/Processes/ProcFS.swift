internal import CLinux
internal import Glibc
package import SupervisorCore

/// A process file system, proc(5), or a recorded copy of one.
///
/// The root is opened once and everything read relative to it, so a later mount over the path changes nothing. Every
/// read is bounded.
package final class ProcFS: Sendable {
    /// A file of `/proc/PID` and the most that is read of it.
    enum File {
        case comm
        case stat
        case status
        /// At most 128 KiB: what a pattern looks for stands in the first arguments, and the kernel allows megabytes.
        case commandLine

        var name: StaticString {
            switch self {
            case .comm: "/comm"
            case .stat: "/stat"
            case .status: "/status"
            case .commandLine: "/cmdline"
            }
        }

        var limit: Int {
            switch self {
            case .comm: 64
            case .stat: 4_096
            case .status: 8_192
            case .commandLine: 131_072
            }
        }
    }

    /// A file of `/proc` itself.
    enum RootFile: String {
        case stat
        case uptime
    }

    /// A symbolic link of `/proc/PID`. Reading it takes ptrace(2) read access.
    enum Link {
        case executable
        /// Of no interest in itself, but there for zombies too, and so a test of the right.
        case userNamespace

        var name: StaticString {
            switch self {
            case .executable: "/exe"
            case .userNamespace: "/ns/user"
            }
        }
    }

    /// The path as given.
    package let root: String
    private let directory: FileDescriptor

    /// - Throws: ``SystemCallError`` of openat(2).
    package init(root: String = "/proc") throws(SystemCallError) {
        let raw = unsafe knell_openat(AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard raw >= 0 else { throw .last("openat", root) }
        directory = FileDescriptor(owning: raw)
        self.root = root
    }

    /// The pids of all processes, in ascending order.
    ///
    /// - Throws: ``SystemCallError`` of openat(2) or getdents64(2).
    package func processIDs() throws(SystemCallError) -> [Int32] {
        // A descriptor of its own, for the position in the directory belongs to the descriptor.
        let raw = unsafe knell_openat(directory.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard raw >= 0 else { throw .last("openat", root) }
        let listing = FileDescriptor(owning: raw)
        var pids: [Int32] = []
        var failure: Int32 = 0
        unsafe withUnsafeTemporaryAllocation(byteCount: 32_768, alignment: 8) { buffer in
            while true {
                let length = unsafe knell_getdents64(listing.raw, buffer.baseAddress, buffer.count)
                if length < 0 { failure = errno }
                if length <= 0 { break }
                unsafe DirectoryRecords.appendNumbers(
                    in: UnsafeRawBufferPointer(rebasing: buffer[..<length]), to: &pids)
            }
        }
        guard failure == 0 else { throw SystemCallError(call: "getdents64", errno: failure, subject: root) }
        // procfs lists them so; a recorded copy need not.
        pids.sort()
        return pids
    }

    /// The process that has this pid now.
    ///
    /// - Throws: ``SystemCallError``; it `meansGone` where there is none.
    package func identity(of pid: Int32) throws(SystemCallError) -> ProcessIdentity {
        ProcessIdentity(pid: pid, startTicks: try stat(of: pid).startTicks)
    }

    /// Whether the process still runs; zombies do not.
    ///
    /// - Throws: ``SystemCallError`` where /proc does not tell.
    package func isRunning(_ process: ProcessIdentity) throws(SystemCallError) -> Bool {
        do throws(SystemCallError) {
            let stat = try stat(of: process.pid)
            return stat.startTicks == process.startTicks && !stat.hasEnded
        } catch {
            if error.meansGone { return false }
            throw error
        }
    }

    /// Whether this is the process table of this machine, and not a recorded one, whatever its path is called.
    package var isLive: Bool { root == "/proc" || !isForeign }

    /// Whether the pids in here mean other processes, or none, to the system calls of this process: in a recorded copy,
    /// and in another PID namespace's /proc.
    package var isForeign: Bool { ownPID() != getpid() }

    /// Our own pid as this file system counts it; `nil` in a recorded copy and in another PID namespace's /proc.
    package func ownPID() -> Int32? {
        var target = [CChar](repeating: 0, count: 16)
        let length = unsafe readlinkat(directory.raw, "self", &target, target.count)
        guard length > 0 else { return nil }
        return Int32(decimalDigits: target.prefix(length).map { UInt8(truncatingIfNeeded: $0) })
    }

    func stat(of pid: Int32) throws(SystemCallError) -> ProcStatText {
        guard let stat = ProcStatText(parsing: try contents(of: .stat, pid)) else {
            throw SystemCallError(call: "read", errno: EBADMSG, subject: path(pid, File.stat.name))
        }
        return stat
    }

    func contents(of file: File, _ pid: Int32) throws(SystemCallError) -> [UInt8] {
        let raw = unsafe withRelativePath(pid, file.name) { path in
            unsafe knell_openat(directory.raw, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        }
        guard raw >= 0 else { throw .last("openat", path(pid, file.name)) }
        let descriptor = FileDescriptor(owning: raw)
        // procfs makes the short files in one piece; only arguments may come in several.
        let bytes =
            file == .commandLine ? descriptor.readAll(limit: file.limit) : descriptor.readOnce(limit: file.limit)
        guard let bytes else { throw .last("read", path(pid, file.name)) }
        return bytes
    }

    /// At most 1 MiB, of which `stat` takes a line for each processor.
    func contents(of file: RootFile) throws(SystemCallError) -> [UInt8] {
        let raw = unsafe knell_openat(directory.raw, file.rawValue, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        guard raw >= 0 else { throw .last("openat", "\(root)/\(file.rawValue)") }
        let descriptor = FileDescriptor(owning: raw)
        guard let bytes = descriptor.readAll(limit: 1 << 20) else { throw .last("read", "\(root)/\(file.rawValue)") }
        return bytes
    }

    func target(of link: Link, _ pid: Int32) throws(SystemCallError) -> [UInt8] {
        var failure: Int32 = 0
        let target = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            let length = unsafe withRelativePath(pid, link.name) { path in
                unsafe readlinkat(directory.raw, path, start, buffer.count)
            }
            if length < 0 { failure = errno }
            count = max(0, length)
        }
        guard failure == 0 else {
            throw SystemCallError(call: "readlinkat", errno: failure, subject: path(pid, link.name))
        }
        return target
    }

    private func path(_ pid: Int32, _ name: StaticString) -> String { "\(root)/\(pid)\(name)" }

    /// Lends `PID/name` as a C string, without making a `String` for each of thousands of processes.
    private func withRelativePath<Result>(
        _ pid: Int32, _ name: StaticString, _ body: (UnsafePointer<CChar>) -> Result
    ) -> Result {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            var end = buffer.startIndex
            func append(_ byte: UInt8) {
                unsafe buffer[end] = CChar(truncatingIfNeeded: byte)
                end += 1
            }
            var divisor: Int32 = 1
            while pid / divisor >= 10 { divisor *= 10 }
            while divisor > 0 {
                append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pid / divisor % 10))
                divisor /= 10
            }
            name.withUTF8Buffer { bytes in
                for index in bytes.indices { append(unsafe bytes[index]) }
            }
            append(0)
            guard let start = buffer.baseAddress else { preconditionFailure("an allocation without an address") }
            return unsafe body(UnsafePointer(start))
        }
    }
}
