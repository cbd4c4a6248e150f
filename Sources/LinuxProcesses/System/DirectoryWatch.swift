internal import CLinux
internal import Glibc

/// Tells when something happens to names in directories, inotify(7). While nothing happens it costs nothing.
///
/// A path is followed to its directory when it is added; where that is moved or removed later, the watch ends with it.
package final class DirectoryWatch {
    /// What is reported.
    package struct Change: Hashable, Sendable {
        /// The path under which the directory was added.
        package let directory: String
        /// The name in it; empty where it is about the directory itself, or where the kernel has lost events.
        package let name: String

        package init(directory: String, name: String) {
            self.directory = directory
            self.name = name
        }
    }

    /// A file is complete when its writer closes it, so writes are not reported.
    private static let directoryEvents =
        UInt32(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)
    /// Where struct inotify_event has `mask`, `len` and `name`.
    private static let (maskOffset, lengthOffset, nameOffset) = (4, 12, 16)

    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private var paths: [Int32: String] = [:]

    /// Calls `onChange` on the loop's thread, for the life of this value.
    ///
    /// - Throws: ``SystemCallError`` of inotify_init1(2), EMFILE where the user has too many already, or of epoll_ctl(2).
    package init(loop: EventLoop, onChange: @escaping (Change) -> Void) throws(SystemCallError) {
        let raw = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard raw >= 0 else { throw .last("inotify_init1") }
        descriptor = FileDescriptor(owning: raw)
        self.loop = loop
        registration = try loop.register(raw, for: .readable) { [weak self] _ in
            for change in self?.changes() ?? [] { onChange(change) }
        }
    }

    deinit {
        if let registration { loop.remove(registration) }
    }

    /// The paths that are watched.
    package var watchedPaths: Set<String> { Set(paths.values) }

    /// Watches a directory, or a file by itself. Watching it already does nothing.
    ///
    /// - Throws: ``SystemCallError`` of inotify_add_watch(2).
    package func add(_ path: String) throws(SystemCallError) {
        let number = unsafe inotify_add_watch(descriptor.raw, path, Self.directoryEvents)
        guard number >= 0 else { throw .last("inotify_add_watch", path) }
        paths[number] = path
    }

    /// Ends the watching of a path.
    package func remove(_ path: String) {
        for (number, known) in paths where known == path {
            paths[number] = nil
            // Fails where the directory is gone, and its watch with it.
            _ = inotify_rm_watch(descriptor.raw, number)
        }
    }

    /// Takes what is there.
    private func changes() -> [Change] {
        var changes: [Change] = []
        // At least one event with the longest name fits.
        while let bytes = descriptor.readOnce(limit: 4_096), !bytes.isEmpty {
            unsafe bytes.withUnsafeBytes { unsafe append($0, to: &changes) }
        }
        return changes
    }

    private func append(_ records: UnsafeRawBufferPointer, to changes: inout [Change]) {
        var start = 0
        while start + Self.nameOffset <= records.count {
            let number = unsafe records.loadUnaligned(fromByteOffset: start, as: Int32.self)
            let mask = unsafe records.loadUnaligned(fromByteOffset: start + Self.maskOffset, as: UInt32.self)
            let length = Int(unsafe records.loadUnaligned(fromByteOffset: start + Self.lengthOffset, as: UInt32.self))
            let end = start + Self.nameOffset + length
            guard end <= records.count else { return }
            let name = unsafe records[(start + Self.nameOffset)..<end].prefix { $0 != 0 }
            if mask & UInt32(IN_Q_OVERFLOW) != 0 {
                for path in paths.values { changes.append(Change(directory: path, name: "")) }
            } else if let path = paths[number] {
                unsafe changes.append(Change(directory: path, name: String(decoding: name, as: UTF8.self)))
                if mask & UInt32(IN_IGNORED) != 0 { paths[number] = nil }
                if mask & UInt32(IN_MOVE_SELF) != 0 { remove(path) }
            }
            start = end
        }
    }
}
