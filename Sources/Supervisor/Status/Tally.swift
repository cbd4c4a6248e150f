internal import SupervisorCore

/// What has happened so far, counted from the log records that pass. A value: records in, numbers out.
///
/// It exists only where somebody may ask for it. Where a rule stands now is not its matter; the engine tells that.
struct Tally: Hashable, Sendable {
    /// How an action came to its end.
    enum ActionResult: String, Hashable, Sendable, CaseIterable {
        case succeeded
        case failed
        case skipped
    }

    /// How a watched process came to its end.
    enum Ending: String, Hashable, Sendable, CaseIterable {
        /// It exited with 0.
        case succeeded
        /// It exited with another code.
        case failed
        case signalled
        case unknown
    }

    /// What became of a new version of the configuration.
    enum ReloadResult: String, Hashable, Sendable, CaseIterable {
        case reloaded
        case rejected
    }

    /// What happened to one rule.
    struct RuleCounts: Hashable, Sendable {
        fileprivate(set) var actions: [ActionResult: Int] = [:]
        fileprivate(set) var retries = 0
        /// Of the actions that ran, all attempts and pauses included.
        fileprivate(set) var actionTime = Duration.zero
        fileprivate(set) var endings: [Ending: Int] = [:]
        /// How often the rule has fired, by the name of the outcome.
        fileprivate(set) var firings: [String: Int] = [:]
        /// The last change of state that the log has told, and when.
        fileprivate(set) var lastChange: Change?

        /// The actions that ran to their end.
        var actionCount: Int { (actions[.succeeded] ?? 0) + (actions[.failed] ?? 0) }
    }

    /// A rule came into this state.
    struct Change: Hashable, Sendable {
        let state: RuleStatus.State
        /// RFC 3339.
        let time: String
        /// The configuration was replaced since, so the rule may have begun anew.
        fileprivate(set) var precedesReload = false
    }

    /// The last attempt to take a new configuration over.
    struct Reload: Hashable, Sendable {
        let result: ReloadResult
        /// RFC 3339.
        let time: String
        let note: String?
        let error: String?
    }

    private(set) var rules: [String: RuleCounts] = [:]
    /// By the signal's name.
    private(set) var signals: [String: Int] = [:]
    private(set) var reloads: [ReloadResult: Int] = [:]
    private(set) var lastReload: Reload?
    private(set) var scans = 0
    private(set) var scanFailures = 0

    /// Takes a record down that was made at `time`, RFC 3339.
    mutating func count(_ record: LogRecord, at time: String) {
        switch record.name {
        case .signalReceived: signals[record.signal ?? "", default: 0] += 1
        case .configReloaded:
            count(.reloaded, record, time)
            for name in rules.keys { rules[name]?.lastChange?.precedesReload = true }
        case .configRejected: count(.rejected, record, time)
        case _ where record.rule != nil: rules[record.rule ?? "", default: RuleCounts()].count(record, at: time)
        default: break  // nothing that is counted, such as the beginning of the run
        }
    }

    /// Takes a scan down that was asked for.
    mutating func countScan() { scans += 1 }

    /// Takes down that a scan could not be done.
    mutating func countScanFailure() { scanFailures += 1 }

    /// Forgets rules that a reload has removed.
    mutating func keep(_ names: some Sequence<String>) {
        let names = Set(names)
        if rules.keys.contains(where: { !names.contains($0) }) { rules = rules.filter { names.contains($0.key) } }
    }

    private mutating func count(_ result: ReloadResult, _ record: LogRecord, _ time: String) {
        reloads[result, default: 0] += 1
        lastReload = Reload(result: result, time: time, note: record.note, error: record.error)
    }
}

extension Tally.RuleCounts {
    fileprivate mutating func count(_ record: LogRecord, at time: String) {
        switch record.name {
        case .ruleWatching, .ruleResumed: lastChange = Tally.Change(state: .watching, time: time)
        case .ruleGrace: lastChange = Tally.Change(state: .grace, time: time)
        case .ruleFired:
            lastChange = Tally.Change(state: .acting, time: time)
            firings[record.outcome ?? "", default: 0] += 1
        case .ruleFinished: lastChange = Tally.Change(state: .finished, time: time)
        case .targetExited: endings[Tally.Ending(record), default: 0] += 1
        case .actionRetried: retries += 1
        case .actionSucceeded: count(.succeeded, record)
        case .actionFailed: count(.failed, record)
        case .actionSkipped: count(.skipped, record)
        default: break  // nothing that is counted, such as the beginning of an action
        }
    }

    private mutating func count(_ result: Tally.ActionResult, _ record: LogRecord) {
        actions[result, default: 0] += 1
        actionTime += record.duration ?? .zero
    }
}

extension Tally.Ending {
    fileprivate init(_ record: LogRecord) {
        switch (record.exitCode, record.signal) {
        case (0?, _): self = .succeeded
        case (_?, _): self = .failed
        case (nil, _?): self = .signalled
        case (nil, nil): self = .unknown
        }
    }
}
