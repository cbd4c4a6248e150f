import CLinux
import Foundation
import Glibc
import LinuxProcesses
import Reporting
import SupervisorCore
import Testing

@testable import Supervisor

@Suite(.timeLimit(.minutes(10)))
struct EventLogTests {
    /// A pipe whose writing end is a log's.
    ///
    /// It counts as full to poll(2) when no page of it is free, whatever the pages hold.
    private struct Pipe: ~Copyable {
        /// F_SETPIPE_SZ, fcntl(2), which Swift's Glibc module lacks.
        private static let setPipeSize: Int32 = 1_031

        let reader: FileDescriptor
        let writer: FileDescriptor

        /// A pipe that takes `size` bytes, two pages if left out.
        init(size: Int32 = 8_192, isNonBlocking: Bool = false) throws {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else { throw SystemCallError.last("pipe") }
            reader = FileDescriptor(owning: ends[0])
            writer = FileDescriptor(owning: ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            if isNonBlocking { _ = fcntl(ends[1], F_SETFL, O_NONBLOCK) }
            #expect(fcntl(ends[1], Self.setPipeSize, size) == size)
        }

        /// What is in the pipe now.
        func drain() throws -> String {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe read(reader.raw, &bytes, bytes.count)
            try #require(count >= 0)
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    private func log(to pipe: borrowing Pipe, threshold: LogRecord.Level = .info) -> EventLog {
        EventLog(format: .json, threshold: threshold, isDryRun: false, descriptor: pipe.writer.raw)
    }

    private func events(_ text: String) throws -> [String] {
        try text.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["event"] as? String ?? "\(line)"
        }
    }

    private func record(_ length: Int) -> LogRecord {
        LogRecord(.targetFound).with { $0.note = String(repeating: "x", count: length) }
    }

    @Test func leavesOutWhatIsBelowTheThreshold() throws {
        let pipe = try Pipe()
        let log = log(to: pipe, threshold: .warning)
        log.write(LogRecord(.runStarted))
        log.write(LogRecord(.scanFailed, level: .error))
        log.write(LogRecord(.rightMissing, level: .warning))
        #expect(try events(pipe.drain()) == ["scan.failed", "right.missing"])
    }

    @Test func showsItsObserverEveryRecordWhateverItsLevel() throws {
        let pipe = try Pipe()
        let log = log(to: pipe, threshold: .error)
        var observed: [String] = []
        log.observer = { record, time in observed.append("\(record.name.rawValue) \(time.hasSuffix("Z"))") }
        log.hold(LogRecord(.runStarted))
        #expect(observed == ["run.started true"])
        log.write(LogRecord(.scanFailed, level: .error))
        #expect(observed == ["run.started true", "scan.failed true"])
        #expect(try events(pipe.drain()) == ["scan.failed"])
    }

    @Test func dropsLinesWhereNobodyReadsAndSaysHowMany() throws {
        let pipe = try Pipe()
        let log = log(to: pipe)
        for _ in 0..<202 { log.write(record(3_900)) }
        #expect(try events(pipe.drain()) == ["target.found", "target.found"])
        log.write(LogRecord(.runFinished))
        let rest = try pipe.drain()
        #expect(try events(rest) == ["log.dropped", "run.finished"])
        #expect(rest.contains("200 lines were dropped"))
        #expect(log.droppedTotal == 200)
    }

    @Test func endsALineThatWasCutOffBeforeTheNextOne() throws {
        let pipe = try Pipe()
        let log = log(to: pipe)
        // Longer than the pipe, so that its first part alone is taken.
        log.write(record(10_000))
        #expect(try pipe.drain().utf8.count == 8_192)
        log.write(LogRecord(.runFinished))
        let rest = try pipe.drain()
        #expect(rest.hasPrefix("\n{"))
        #expect(try events(rest) == ["log.dropped", "run.finished"])
    }

    @Test(arguments: [false, true]) func writesALongLineWhole(isNonBlocking: Bool) throws {
        let pipe = try Pipe(size: 65_536, isNonBlocking: isNonBlocking)
        log(to: pipe).write(record(20_000))
        let text = try pipe.drain()
        #expect(text.utf8.count > 20_000)
        #expect(try events(text) == ["target.found"])
    }

    @Test func goesOnWhereTheDescriptorIsClosed() throws {
        let log = EventLog(format: .json, threshold: .info, isDryRun: false, descriptor: -1)
        for _ in 0..<3 { log.write(LogRecord(.runStarted)) }
        #expect(log.droppedTotal == 3)
    }

    @Test func saysHowManyLinesAFullDiskHasRefused() throws {
        // The descriptor of a device that is always full, which then becomes one that takes everything.
        let full = FileDescriptor(owning: unsafe open("/dev/full", O_WRONLY | O_CLOEXEC))
        let log = EventLog(format: .json, threshold: .info, isDryRun: false, descriptor: full.raw)
        for _ in 0..<3 { log.write(record(6_000)) }
        #expect(log.droppedTotal == 3)
        let pipe = try Pipe()
        #expect(dup2(pipe.writer.raw, full.raw) == full.raw)
        log.write(LogRecord(.runFinished))
        let text = try pipe.drain()
        #expect(try events(text) == ["log.dropped", "run.finished"])
        #expect(
            text.contains("3 lines were dropped, since the log could not be written: write: No space left on device"))
    }

    /// What a command of `knell exec` may do to the pipe that it shares, between Knell's poll and its write.
    @Test func aBlockingPipeThatAnotherHasFilledDoesNotHoldTheWriteUp() throws {
        let pipe = try Pipe(size: 4_096)
        let bytes = [UInt8](repeating: 120, count: 4_096)
        let first = unsafe knell_write_nowait(pipe.writer.raw, bytes, bytes.count)
        if first < 0, errno == EOPNOTSUPP { return }  // Linux before 6.5
        #expect(first == 4_096)
        #expect(unsafe knell_write_nowait(pipe.writer.raw, bytes, bytes.count) == -1)
        #expect(errno == EAGAIN)
        #expect(fcntl(pipe.writer.raw, F_GETFL) & O_NONBLOCK == 0, "the other writer's description was changed")
    }
}
