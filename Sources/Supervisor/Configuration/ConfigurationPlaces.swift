internal import Glibc
internal import LinuxProcesses

/// Where something has to happen for the file at a path to become another.
///
/// A kubelet lays a ConfigMap out as `knell.yaml -> ..data/knell.yaml` and `..data -> ..2026_11_25`, and replaces the
/// link `..data` by a rename; git-sync does so with a directory above; an editor writes the file itself, or renames a new
/// one over it. So every link on the way counts, and the file's own name; where the way ends early, the first name that is
/// missing does.
struct ConfigurationPlaces: Hashable {
    /// As many links as the kernel follows, path_resolution(7).
    private static let linkLimit = 40

    /// By directory, the names in it that count. The directories are there, or were a moment ago.
    private(set) var names: [String: Set<String>] = [:]
    /// The file is a mount of its own, as a `subPath` makes it: the kubelet never updates such a one.
    private(set) var isMountedAlone = false

    /// Follows `path` as it leads now.
    init(of path: String) {
        var way = path.split(separator: "/").map(String.init)[...]
        var directory = path.hasPrefix("/") ? "/" : "."
        var links = 0
        while let name = way.popFirst() {
            let next = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            if let target = Self.target(ofLink: next), links < Self.linkLimit {
                links += 1
                names[directory, default: []].insert(name)
                way = target.split(separator: "/").map(String.init) + way
                if target.hasPrefix("/") { directory = "/" }
            } else if way.isEmpty || !Self.isDirectory(next) {
                names[directory, default: []].insert(name)
                break
            } else {
                directory = next
            }
        }
        guard let real = Self.resolved(path) else { return }
        isMountedAlone = MountTable.current.contains(real)
        // Nothing happens in its directory then; who mounted it may write into the file itself.
        if isMountedAlone { names[real] = [""] }
    }

    /// Whether what happened concerns the file.
    func isConcerned(by change: DirectoryWatch.Change) -> Bool {
        change.name.isEmpty || names[change.directory]?.contains(change.name) ?? false
    }

    private static func isDirectory(_ path: String) -> Bool {
        var info = Glibc.stat()
        return unsafe fstatat(AT_FDCWD, path, &info, 0) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// The text of a symbolic link; `nil` for anything else.
    private static func target(ofLink path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe buffer.withUnsafeMutableBytes { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
            return unsafe readlink(path, start, bytes.count)
        }
        return length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : nil
    }

    /// The path without links, realpath(3); `nil` where there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}

/// The mount points of this mount namespace, proc_pid_mountinfo(5).
struct MountTable {
    private static let limit = 4 << 20

    private let points: Set<String>

    /// The table as it is now; empty where /proc does not tell.
    static var current: MountTable {
        MountTable(parsing: (try? readSmallFile("/proc/self/mountinfo", limit: limit)) ?? [])
    }

    /// Reads the fifth field of every line, in which blanks and backslashes are written as `\\040` and the like.
    init(parsing text: [UInt8]) {
        points = Set(
            text.split(separator: UInt8(ascii: "\n")).compactMap { line in
                let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
                return fields.count > 4 ? Self.unescaped(fields[4]) : nil
            })
    }

    /// Whether something is mounted at this path.
    func contains(_ path: String) -> Bool { points.contains(path) }

    private static func unescaped(_ field: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
