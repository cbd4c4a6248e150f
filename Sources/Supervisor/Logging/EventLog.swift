internal import Glibc
package import Presentation
package import Reporting
package import SupervisorCore

/// Writes records to standard error, and never lets a reader that stands still hold Knell up.
package final class EventLog {
    /// How long a line waits for room in a full pipe before it is dropped and counted. Only the first one waits: a
    /// reader that has stood still so long costs the lines after it no time.
    private static let patience: Int32 = 100
    /// PIPE_BUF: a write of this size to a pipe that polls as writable does not block, pipe(7).
    private static let chunk = 4_096

    private enum Delivery {
        case taken
        /// The reader stands still; nothing was written.
        case refused
        /// The reader stands still; the line was cut off.
        case cut
    }

    private let line: LogLine
    private let threshold: LogRecord.Level
    private let descriptor: Int32
    private var held: [(record: LogRecord, time: String)] = []
    private var dropped = 0
    /// The lines that nobody will ever read, so far.
    private(set) var droppedTotal = 0
    /// Gets every record, whatever its level, with the time at which it was made.
    var observer: ((LogRecord, String) -> Void)?
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
                $0.error = "\(dropped) \(dropped == 1 ? "line was" : "lines were") dropped, since nobody read the log"
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
        case .refused: return false
        case .cut:
            isCut = true
            return false
        }
    }

    private func deliver(_ bytes: [UInt8]) -> Delivery {
        var start = 0
        while start < bytes.count {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = unsafe poll(&room, 1, dropped == 0 ? Self.patience : 0)
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else { return start == 0 ? .refused : .cut }
            let end = min(bytes.count, start + Self.chunk)
            let count = unsafe bytes[start..<end].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return start == 0 ? .refused : .cut }
                // The reader is gone or the disk is full: there is no one left to tell.
                return .taken
            }
            start += count
        }
        return .taken
    }
}
