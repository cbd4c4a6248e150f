/// One thing that Knell tells: a line of its log.
///
/// Never holds a command line, a header value or a body.
package struct LogRecord: Hashable, Sendable {
    /// The stable names of events; tools match them.
    package enum Name: String, Hashable, Sendable, CaseIterable {
        case runStarted = "run.started"
        case targetFound = "target.found"
        case targetExited = "target.exited"
        case ruleWatching = "rule.watching"
        case ruleGrace = "rule.grace"
        case ruleResumed = "rule.resumed"
        case ruleFired = "rule.fired"
        case actionStarted = "action.started"
        case actionRetried = "action.retried"
        case actionSucceeded = "action.succeeded"
        case actionFailed = "action.failed"
        case actionSkipped = "action.skipped"
        case ruleFinished = "rule.finished"
        case commandWaiting = "command.waiting"
        case commandStarted = "command.started"
        case commandExited = "command.exited"
        case commandFailed = "command.failed"
        case configReloaded = "config.reloaded"
        case configRejected = "config.rejected"
        case configWarning = "config.warning"
        case signalReceived = "signal.received"
        case scanFailed = "scan.failed"
        case watchDegraded = "watch.degraded"
        case rightMissing = "right.missing"
        case namespaceNotShared = "namespace.notShared"
        case logDropped = "log.dropped"
        case statusListening = "status.listening"
        case runFinished = "run.finished"
        case verdictUnwritten = "verdict.unwritten"
    }

    /// How much a record matters; ordered.
    package enum Level: String, Hashable, Sendable, CaseIterable, Comparable {
        case debug
        case info
        case warning
        case error

        private var severity: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        package static func < (left: Level, right: Level) -> Bool { left.severity < right.severity }
    }

    package let name: Name
    package var level: Level
    package var rule: String?
    /// The index in the rule's `watch.processes`.
    package var target: Int?
    package var pid: Int32?
    /// The name of the process.
    package var processName: String?
    /// Index and kind of the action, such as `2/http`.
    package var action: String?
    /// Counted from 1.
    package var attempt: Int?
    /// The HTTP status.
    package var status: Int?
    package var duration: Duration?
    package var exitCode: Int32?
    /// The name of a signal.
    package var signal: String?
    /// Where an exit status comes from.
    package var source: String?
    package var outcome: String?
    package var error: String?
    /// A remark that is no fault.
    package var note: String?

    package init(_ name: Name, level: Level = .info) {
        self.name = name
        self.level = level
    }

    /// This record with one more change, for building it in one expression.
    package func with(_ change: (inout LogRecord) -> Void) -> LogRecord {
        var copy = self
        change(&copy)
        return copy
    }
}
