import Glibc
import LinuxProcesses
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SmallFileTests {
    /// A directory of its own for each test, removed at the end with the one file in it.
    private final class Scratch {
        let file: String
        private let directory: String

        init() throws {
            directory = "/tmp/knell-test-\(UInt64.random(in: 0...UInt64.max))"
            file = directory + "/file"
            try #require(unsafe mkdir(directory, 0o700) == 0)
        }

        deinit {
            _ = unsafe unlink(file)
            _ = unsafe rmdir(directory)
        }

        func write(_ bytes: [UInt8]) throws {
            let descriptor = unsafe FileDescriptor(owning: creat(file, 0o600))
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor.raw, $0.baseAddress, $0.count) }
                try #require(count > 0)
                rest = rest.dropFirst(count)
            }
        }
    }

    @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 20_000])
    func readsAFileUpToItsLimit(size: Int) throws {
        let scratch = try Scratch()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try scratch.write(bytes)
        #expect(try readSmallFile(scratch.file, limit: 20_000) == bytes)
        #expect(try readSmallFile(scratch.file, limit: size) == bytes)
    }

    @Test(arguments: [1, 4_097, 20_000])
    func refusesALargerFile(size: Int) throws {
        let scratch = try Scratch()
        try scratch.write(Array(repeating: 7, count: size))
        let error = #expect(throws: SystemCallError.self) { try readSmallFile(scratch.file, limit: size - 1) }
        #expect(error == SystemCallError(call: "read", errno: EFBIG, subject: scratch.file))
    }

    @Test func doesNotWaitForAWriterOfAFIFO() throws {
        let scratch = try Scratch()
        try #require(unsafe mkfifo(scratch.file, 0o600) == 0)
        #expect(try readSmallFile(scratch.file, limit: 100) == [])
    }

    @Test func doesNotReadADeviceWithoutEnd() throws {
        let error = #expect(throws: SystemCallError.self) { try readSmallFile("/dev/zero", limit: 100_000) }
        #expect(error?.errno == EFBIG)
    }

    @Test(arguments: [("/nonexistent/x", "openat", ENOENT), ("/tmp", "read", EISDIR)] as [(String, String, Int32)])
    func saysWhyItCannot(path: String, call: String, code: Int32) {
        let error = #expect(throws: SystemCallError.self) { try readSmallFile(path, limit: 100) }
        #expect(error == SystemCallError(call: call, errno: code, subject: path))
    }
}
