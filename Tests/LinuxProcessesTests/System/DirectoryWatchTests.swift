import Foundation
import Glibc
import LinuxProcesses
import Testing

@Suite(.timeLimit(.minutes(10)))
struct DirectoryWatchTests {
    private final class Bench {
        let path: String
        let loop: EventLoop
        var changes: [DirectoryWatch.Change] = []
        private(set) var watch: DirectoryWatch?

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("knell-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            loop = try EventLoop()
            watch = try DirectoryWatch(loop: loop) { [weak self] in self?.changes.append($0) }
            try watch?.add(path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// What has happened by now: inotify queues before the system call that it tells of returns.
        func take() throws -> [String] {
            try loop.wait(until: MonotonicClock.now())
            defer { changes = [] }
            return changes.map(\.name)
        }
    }

    @Test func tellsTheNamesToWhichSomethingHappens() throws {
        let bench = try Bench()
        try Data("x".utf8).write(to: URL(fileURLWithPath: bench.path + "/a"))
        // Created, and closed after the writing.
        #expect(Set(try bench.take()).contains("a"))
        #expect(unsafe rename(bench.path + "/a", bench.path + "/b") == 0)
        #expect(try bench.take() == ["a", "b"])
        try FileManager.default.createSymbolicLink(atPath: bench.path + "/..data", withDestinationPath: "b")
        #expect(try bench.take() == ["..data"])
        #expect(unsafe unlink(bench.path + "/b") == 0)
        #expect(try bench.take() == ["b"])
        #expect(try bench.take() == [])
    }

    @Test func tellsManyAtOnce() throws {
        let bench = try Bench()
        let names = (0..<500).map { "name-\($0)-" + String(repeating: "n", count: 200) }
        for name in names { #expect(unsafe mkdir(bench.path + "/" + name, 0o755) == 0) }
        #expect(try bench.take() == names)
    }

    @Test func endsWithTheDirectory() throws {
        let bench = try Bench()
        try FileManager.default.removeItem(atPath: bench.path)
        #expect(try bench.take().contains(""))
        #expect(bench.watch?.watchedPaths == [])
    }

    @Test func saysWhatCannotBeWatched() throws {
        let bench = try Bench()
        let error = #expect(throws: SystemCallError.self) { try bench.watch?.add("/no/such") }
        #expect(error?.description == "inotify_add_watch /no/such: No such file or directory (ENOENT)")
    }

    @Test func letsGoOfWhatIsRemoved() throws {
        let bench = try Bench()
        bench.watch?.remove(bench.path)
        #expect(unsafe mkdir(bench.path + "/x", 0o755) == 0)
        #expect(try bench.take().filter { !$0.isEmpty } == [])
        #expect(bench.watch?.watchedPaths == [])
    }
}
