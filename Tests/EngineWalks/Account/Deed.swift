internal import ConfigModel
internal import SupervisorCore

/// What the engine does or tells about a rule, or about the run, without its wording.
enum Deed: Hashable {
    case found(target: Int, pid: Int32)
    case exited(target: Int, pid: Int32, exitCode: Int32?, signal: String?)
    case entered(LogRecord.Name)
    case fired(outcome: String, isGuess: Bool)
    case began(String)
    case retried(String, attempt: Int)
    case succeeded(String, attempt: Int)
    case failed(String, attempt: Int)
    case skipped(String)
    case notDone(String)
    case start(Int)
    case cancel(Int)
    case awaitGone(Int)
    case stopAwaitingGone(Int)
    case finished(outcome: String, exitCode: Int32)
    case signal(String)
    case runFinished(exitCode: Int32)
    /// A record of the run that says no more than its name.
    case told(LogRecord.Name)
    /// A record that the engine should never write.
    case nonsense(LogRecord)

    /// A record as a deed.
    init(_ record: LogRecord) {
        let action = record.action ?? ""
        let attempt = record.attempt ?? 0
        switch record.name {
        case .targetFound: self = .found(target: record.target ?? -1, pid: record.pid ?? -1)
        case .targetExited:
            self = .exited(
                target: record.target ?? -1, pid: record.pid ?? -1, exitCode: record.exitCode, signal: record.signal)
        case .ruleWatching, .ruleGrace, .ruleResumed: self = .entered(record.name)
        case .ruleFired: self = .fired(outcome: record.outcome ?? "", isGuess: record.error != nil)
        case .actionStarted: self = .began(action)
        case .actionRetried: self = .retried(action, attempt: attempt)
        case .actionSucceeded: self = .succeeded(action, attempt: attempt)
        case .actionFailed: self = .failed(action, attempt: attempt)
        case .actionSkipped: self = record.level == .warning ? .notDone(action) : .skipped(action)
        case .ruleFinished: self = .finished(outcome: record.outcome ?? "", exitCode: record.exitCode ?? -1)
        case .signalReceived: self = .signal(record.signal ?? "")
        case .runFinished: self = .runFinished(exitCode: record.exitCode ?? -1)
        case .runStarted, .configReloaded, .configRejected, .scanFailed: self = .told(record.name)
        case .commandWaiting, .commandStarted, .commandExited, .commandFailed, .configWarning, .watchDegraded,
            .rightMissing, .namespaceNotShared, .logDropped, .statusListening, .verdictUnwritten:
            self = .nonsense(record)
        }
    }

    /// The law that is broken where this is missing, or is there though it is not due.
    func law(isMissing: Bool) -> Law {
        switch self {
        case .found, .exited: .watching
        case .entered: .state
        case .fired: .firing
        case .began, .start, .retried: isMissing ? .nothingLost : .order
        case .succeeded, .failed, .skipped, .awaitGone, .cancel, .stopAwaitingGone: .order
        case .notDone: .verdict
        case .finished, .runFinished: .exitCode
        case .signal, .told, .nonsense: .told
        }
    }
}

/// A deed and the rule that it is about; the empty name stands for the run.
struct Entry: Hashable {
    let rule: String
    let deed: Deed
}
