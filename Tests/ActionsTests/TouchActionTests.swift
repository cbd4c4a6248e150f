import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct TouchActionTests {
    private func touch(_ path: String, createDirectories: Bool = false, mode: UInt32 = 0o644) throws -> AttemptResult {
        let request = TouchRequest(path: path, createDirectories: createDirectories, mode: mode)
        return try RunnerHarness().run(.touch(request))
    }

    private func status(of path: String) throws -> stat {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw SystemCallError.last("lstat", path) }
        return status
    }

    /// Sets the time stamps of a file to the year 2001.
    private func age(_ path: String) throws {
        let old = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
        guard unsafe utimensat(AT_FDCWD, path, old, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemCallError.last("utimensat", path)
        }
    }

    @Test(arguments: [0o600, 0o644, 0o666, 0o777] as [UInt32])
    func createsAnEmptyFileWithExactlyThisMode(mode: UInt32) throws {
        let directory = try ScratchDirectory()
        #expect(try touch(directory.file("done"), mode: mode) == .done)
        let status = try status(of: directory.file("done"))
        #expect(status.st_mode == S_IFREG | mode)
        #expect(status.st_size == 0)
    }

    @Test func updatesTheTimeStampsAndNothingElseOfAFileThatIsThere() throws {
        let directory = try ScratchDirectory()
        let path = try directory.write("contents", to: "done", mode: 0o600)
        try age(path)
        #expect(try touch(path, mode: 0o777) == .done)
        let status = try status(of: path)
        #expect(status.st_mtim.tv_sec > 1_000_000_000)
        #expect(status.st_atim.tv_sec > 1_000_000_000)
        #expect(status.st_mode == S_IFREG | 0o600)
        #expect(status.st_size == 8)
    }

    @Test func updatesAFileWithoutWritePermissionADirectoryAndAFIFO() throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("", to: "read-only", mode: 0o400)
        let folder = directory.file("folder")
        let fifo = directory.file("fifo")
        try #require(unsafe mkdir(folder, 0o700) == 0)
        try #require(unsafe mkfifo(fifo, 0o600) == 0)
        for path in [file, folder, fifo] {
            try age(path)
            #expect(try touch(path) == .done)
            #expect(try status(of: path).st_mtim.tv_sec > 1_000_000_000)
        }
    }

    @Test(arguments: [true, false])
    func neverGoesThroughASymbolicLinkAtTheEnd(leadsSomewhere: Bool) throws {
        let directory = try ScratchDirectory()
        let target = directory.file("target")
        if leadsSomewhere {
            try directory.write("", to: "target")
            try age(target)
        }
        let link = directory.file("link")
        try #require(unsafe symlink(target, link) == 0)
        let result = try touch(link)
        #expect(
            result
                == .failed(
                    reason: "cannot touch \(link): it is a symbolic link, which is never followed", isTransient: false))
        if leadsSomewhere {
            #expect(try status(of: target).st_mtim.tv_sec == 1_000_000_000)
        } else {
            #expect(unsafe access(target, F_OK) != 0)
        }
    }

    @Test func followsASymbolicLinkOnTheWay() throws {
        let directory = try ScratchDirectory()
        try #require(unsafe mkdir(directory.file("real"), 0o700) == 0)
        try #require(unsafe symlink("real", directory.file("alias")) == 0)
        #expect(try touch(directory.file("alias/done")) == .done)
        #expect(unsafe access(directory.file("real/done"), F_OK) == 0)
    }

    @Test func saysHowToGetAMissingDirectoryMade() throws {
        let directory = try ScratchDirectory()
        let path = directory.file("a/b/done")
        let result = try touch(path)
        #expect(result.reason?.contains("createDirectories: true") == true, "\(result)")
        #expect(try touch(path, createDirectories: true) == .done)
        #expect(try status(of: directory.file("a")).st_mode & S_IFMT == S_IFDIR)
        #expect(try status(of: path).st_mode & S_IFMT == S_IFREG)
    }

    @Test func aFileWhereADirectoryShouldBeIsInTheWay() throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("", to: "file")
        let result = try touch("\(file)/done", createDirectories: true)
        #expect(
            result
                == .failed(
                    reason: "cannot touch \(file)/done: a part of the path is no directory", isTransient: false))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func aMissingRightIsNamed() throws {
        let result = try touch("/etc/knell-test")
        #expect(result.reason?.contains("uid \(geteuid()) has no right to") == true, "\(result)")
    }

    @Test func aFileSystemThatCannotBeWrittenIsNamed() throws {
        let result = try touch("/proc/knell-test")
        #expect(result.reason?.hasPrefix("cannot touch /proc/knell-test: ") == true, "\(result)")
    }

    @Test func aFullFileSystemMayHaveRoomLater() throws {
        let directory = try ScratchDirectory()
        // Two inodes: one is the root's, one is for the first file.
        guard unsafe mount("knell", directory.path, "tmpfs", 0, "nr_inodes=2,size=64k") == 0 else {
            try Test.cancel("a file system can be mounted by root only")
        }
        defer { _ = unsafe umount2(directory.path, Int32(MNT_DETACH)) }
        #expect(try touch(directory.file("first")) == .done)
        let result = try touch(directory.file("second"))
        #expect(result.reason?.contains("no space or no inode left") == true, "\(result)")
        #expect(result.isTransient == true)
    }

    @Test func aReadOnlyFileSystemIsNamed() throws {
        let directory = try ScratchDirectory()
        guard unsafe mount("knell", directory.path, "tmpfs", UInt(MS_RDONLY), nil) == 0 else {
            try Test.cancel("a file system can be mounted by root only")
        }
        defer { _ = unsafe umount2(directory.path, Int32(MNT_DETACH)) }
        let result = try touch(directory.file("done"))
        #expect(result.reason?.contains("is read-only") == true, "\(result)")
        #expect(result.isTransient == false)
    }

    @Test func aCancelledTouchIsToldOnce() throws {
        let directory = try ScratchDirectory()
        let harness = try RunnerHarness()
        let request = TouchRequest(path: directory.file("done"), createDirectories: false, mode: 0o644)
        harness.runner.cancel(harness.start(.touch(request)))
        #expect(harness.results.map(\.result) == [.timedOut])
        try harness.drain()
        #expect(harness.results.count == 1)
    }
}
