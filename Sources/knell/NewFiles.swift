import Glibc
import LinuxProcesses

/// Writes files into a directory, and overwrites none unless told to.
struct NewFiles {
    let directory: String
    let overwrites: Bool

    /// Those of the names that are taken; none where they may be overwritten.
    func existing(_ names: [String]) -> [String] {
        guard !overwrites else { return [] }
        var status = stat()
        return names.filter { unsafe lstat(path($0), &status) == 0 }
    }

    /// Writes a file, and makes the directory where it is missing; returns the file's path.
    func write(_ text: String, to name: String) throws(SystemCallError) -> String {
        guard unsafe mkdir(directory, 0o777) == 0 || errno == EEXIST else { throw .last("mkdir", directory) }
        let path = path(name)
        // Without leave to overwrite, a file that has appeared meanwhile is not touched either.
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwrites ? O_TRUNC : O_EXCL)
        let descriptor = unsafe open(path, flags, 0o666)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            rest = rest.dropFirst(count)
        }
        return path
    }

    private func path(_ name: String) -> String { directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)" }
}
