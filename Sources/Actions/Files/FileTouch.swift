internal import CLinux
internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Creates a file or sets its time stamps to now, as touch(1) does, but never through a symbolic link at the end.
///
/// Blocks for as long as the file system does.
struct FileTouch: Sendable {
    /// Others may remove the file between two calls, as the GKE GCS FUSE sidecar does; so it is tried again.
    private static let rounds = 5
    /// O_NONBLOCK: a FIFO without a reader must not hold us.
    private static let openFlags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY

    private let path: String
    private let createDirectories: Bool
    private let mode: UInt32

    init(_ request: TouchRequest) {
        path = request.path
        createDirectories = request.createDirectories
        mode = request.mode
    }

    /// Does it; the result is ``AttemptResult/done`` or says in words what stands in the way.
    func perform() -> AttemptResult {
        do throws(SystemCallError) {
            for round in 1... {
                do throws(SystemCallError) {
                    if try create() { return .done }
                    try update()
                    return .done
                } catch {
                    guard error.errno == ENOENT, round < Self.rounds else { throw error }
                    if createDirectories { try makeParents() }
                }
            }
            return .done
        } catch {
            return failure(after: error)
        }
    }

    /// Creates the file; `false` where something has that name already.
    private func create() throws(SystemCallError) -> Bool {
        // With O_EXCL no symbolic link is followed, not even one that leads nowhere.
        let raw = unsafe knell_openat(AT_FDCWD, path, Self.openFlags | O_CREAT | O_EXCL, mode)
        if raw < 0 {
            if errno == EEXIST { return false }
            throw .last("openat", path)
        }
        let file = FileDescriptor(owning: raw)
        // The umask has taken bits away that the configuration asks for.
        guard fchmod(file.raw, mode) == 0 else { throw .last("fchmod", path) }
        return true
    }

    private func update() throws(SystemCallError) {
        let raw = unsafe knell_openat(AT_FDCWD, path, Self.openFlags, 0)
        if raw >= 0 {
            let file = FileDescriptor(owning: raw)
            guard futimens(file.raw, nil) == 0 else { throw .last("futimens", path) }
            return
        }
        let openError = SystemCallError.last("openat", path)
        if openError.errno == ENOENT { throw openError }
        // A directory, a FIFO, a file without write permission: its owner may still set its time stamps.
        var info = Glibc.stat()
        guard unsafe fstatat(AT_FDCWD, path, &info, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last("fstatat", path) }
        if info.st_mode & S_IFMT == S_IFLNK { throw SystemCallError(call: "openat", errno: ELOOP, subject: path) }
        guard unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) == 0 else { throw .last("utimensat", path) }
    }

    private func makeParents() throws(SystemCallError) {
        var index = path.startIndex
        while let slash = path[index...].dropFirst().firstIndex(of: "/") {
            index = slash
            let directory = String(path[..<slash])
            if unsafe mkdir(directory, 0o755) != 0, errno != EEXIST { throw .last("mkdir", directory) }
        }
    }

    private func failure(after error: SystemCallError) -> AttemptResult {
        let obstacle: String
        switch error.errno {
        case ELOOP: obstacle = "it is a symbolic link, which is never followed"
        case ENOENT where !createDirectories:
            obstacle = "its directory does not exist; mount it, or set createDirectories: true"
        case ENOTDIR: obstacle = "a part of the path is no directory"
        case EACCES, EPERM: obstacle = "uid \(geteuid()) has no right to; mount the volume with a matching fsGroup"
        case EROFS: obstacle = "the file system is read-only; mount a writable volume there"
        case ENOSPC: obstacle = "the file system has no space or no inode left"
        case EDQUOT: obstacle = "the quota is used up"
        default: obstacle = "\(error)"
        }
        let isTransient = [ENOSPC, EDQUOT, EIO, EINTR, ENFILE, EMFILE].contains(error.errno)
        return .failed(reason: "cannot touch \(path): \(obstacle)", isTransient: isTransient)
    }
}
