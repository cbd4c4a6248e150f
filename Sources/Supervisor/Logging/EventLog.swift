internal import CLinux
internal import Glibc
internal import LinuxProcesses
package import Presentation
package import Reporting
package import SupervisorCore

/// Writes records to standard error, and never lets a reader that stands still hold Knell up.
package final class EventLog {
    /// How long a line waits for room in a full pipe before it is dropped and counted. Only the first one waits: a
    /// reader that has stood still so long costs the lines after it no time.
    private static let patience = Duration.milliseconds(100)
    /// PIPE_BUF: a write of this size to a pipe that polls as writable does not block, pipe(7).
    private static let chunk = 4_096

    private enum Delivery {
        case taken
        /// Nothing was written, by the error of write(2), or because the reader stands still.
        case refused(SystemCallError?)
        /// The line was cut off.
        case cut(SystemCallError?)
    }

    private let line: LogLine
    private let threshold: LogRecord.Level
    private let descriptor: Int32
    private var held: [(record: LogRecord, time: String)] = []
    private var dropped = 0
    /// Why the last one was dropped; `nil` where the reader stands still.
    private var fault: SystemCallError?
    /// The lines that nobody will ever read, so far.
    private(set) var droppedTotal = 0
    /// Gets every record, whatever its level, with the time at which it was made.
    var observer: ((LogRecord, String) -> Void)?
    /// Whether the descriptor is a pipe or a socket of which the kernel tells at the write that it is full.
    private var canFill: Bool
    /// The last line that was written lacks its end, which the next one brings along.
    private var isCut = false

    /// A log of the records from `threshold` on; `style` is for text only. The descriptor is borrowed and stays open for the life of the log.
    package init(
        format: LogFormat, threshold: LogRecord.Level, isDryRun: Bool, style: TerminalStyle = .plain,
        descriptor: Int32 = STDERR_FILENO
    ) {
        line = LogLine(format: format, isDryRun: isDryRun, style: style)
        self.threshold = threshold
        self.descriptor = descriptor
        var status = stat()
        canFill = unsafe fstat(descriptor, &status) == 0 && [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
    }

    /// Takes a record down with the time of now; ``flush()`` writes it. Below the threshold it is passed over.
    package func hold(_ record: LogRecord) {
        guard record.level >= threshold || observer != nil else { return }
        let time = Timestamp.now()
        observer?(record, time)
        if record.level >= threshold { held.append((record, time)) }
    }

    /// Writes what is held, in its order.
    package func flush() {
        for (record, time) in held { write(record, at: time) }
        held.removeAll(keepingCapacity: true)
    }

    /// Writes one record behind those that are held.
    package func write(_ record: LogRecord) {
        hold(record)
        flush()
    }

    private func write(_ record: LogRecord, at time: String) {
        if dropped > 0 {
            let notice = LogRecord(.logDropped, level: .warning).with {
                let reason = fault.map { "the log could not be written: \($0)" } ?? "nobody read the log"
                $0.error = "\(dropped) \(dropped == 1 ? "line was" : "lines were") dropped, since \(reason)"
            }
            guard send(notice, at: Timestamp.now()) else {
                drop()
                return
            }
            dropped = 0
        }
        if !send(record, at: time) { drop() }
    }

    private func drop() {
        dropped += 1
        droppedTotal += 1
    }

    /// Whether all of the line was taken.
    private func send(_ record: LogRecord, at time: String) -> Bool {
        let text = (isCut ? "\n" : "") + line.text(of: record, time: time)
        switch deliver(Array(text.utf8)) {
        case .taken:
            isCut = false
            return true
        case .refused(let fault): self.fault = fault
        case .cut(let fault): (self.fault, isCut) = (fault, true)
        }
        return false
    }

    private func deliver(_ bytes: [UInt8]) -> Delivery {
        let deadline = MonotonicClock.now() + (dropped == 0 ? Self.patience : .zero)
        var start = 0
        while start < bytes.count {
            guard hasRoom(until: deadline) else { return start == 0 ? .refused(nil) : .cut(nil) }
            let count = writeChunk(of: bytes[start..<min(bytes.count, start + Self.chunk)])
            if count >= 0 {
                start += count
                continue
            }
            let fault = SystemCallError.last("write")
            if fault.errno == EINTR { continue }
            // Somebody else may have filled the pipe since the poll.
            if fault.errno == EAGAIN, MonotonicClock.now() < deadline { continue }
            let reason = fault.errno == EAGAIN ? nil : fault
            return start == 0 ? .refused(reason) : .cut(reason)
        }
        return .taken
    }

    /// Whether poll(2) says that there is room, now or by then.
    private func hasRoom(until deadline: Instant) -> Bool {
        while true {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let rest = max(.zero, deadline - MonotonicClock.now())
            let ready = unsafe poll(&room, 1, Int32(clamping: rest.wholeMilliseconds))
            if ready >= 0 || errno != EINTR { return ready > 0 }
        }
    }

    /// write(2) that does not wait, where the kernel can promise it: between the poll and the write another process may
    /// have filled the pipe. A file on a disk is written as usual, since it says EAGAIN when it is merely busy.
    private func writeChunk(of bytes: ArraySlice<UInt8>) -> Int {
        unsafe bytes.withUnsafeBytes { buffer in
            if canFill {
                let count = unsafe knell_write_nowait(descriptor, buffer.baseAddress, buffer.count)
                if count >= 0 || ![EOPNOTSUPP, ENOSYS, EPERM, EINVAL].contains(errno) { return count }
                canFill = false
            }
            return unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        }
    }
}
