import ConfigModel
import SupervisorCore
import TestSupport

/// What the ledger does not find in order.
struct Irregularity: Error, CustomStringConvertible {
    let description: String
}

/// Keeps account of one rule from what the engine tells, and works outcome and exit code out by itself.
struct RuleLedger {
    enum State { case waiting, watching, grace, acting, finished }

    /// What is known of a target in this round.
    struct Target {
        /// The living, and whether their exit status counts.
        var members: [ProcessIdentity: Bool] = [:]
        var isSeen = false
        var results: [(event: Int, status: ExitStatus)] = []
        /// The event that told the last end.
        var lastEnd = 0
        /// A later scan has shown no successor.
        var hasEnded = false
    }

    let rule: Rule
    var state = State.waiting
    var targets: [Target]
    /// When unseen targets are given up; no sooner than the next timed scan where a round follows another.
    private let startDeadline: Instant?
    private var graceStart = Instant(nanoseconds: 0)
    private var outcome = Outcome.succeeded
    private var isUnconfirmed = false
    private(set) var actionIndex = 0
    private var attempts = 0
    private var isStarted = false
    private var isStopped = false
    private var failures: [String] = []
    /// The code of the last round that was finished.
    private(set) var exitCode: Int32?

    init(_ rule: Rule, at now: Instant, isFirst: Bool = true) {
        self.rule = rule
        targets = rule.targets.map { _ in Target() }
        startDeadline = rule.startTimeout.map { now + max($0, isFirst ? .zero : .milliseconds(500)) }
    }

    var isLooking: Bool { state == .waiting || state == .watching || state == .grace }

    /// The labels from the current action on.
    var notDone: [String] { isLooking || state == .acting ? rule.actions.dropFirst(actionIndex).map(\.label) : [] }

    mutating func found(_ sighting: Sighting, among all: [Sighting], target: Int) throws {
        let pids = Set(targets[target].members.keys.map(\.pid)).union(all.map(\.process.pid))
        if targets[target].hasEnded { targets[target].results = [] }
        targets[target].hasEnded = false
        guard targets[target].members[sighting.process] == nil else {
            throw Irregularity(description: "\(sighting) was found twice")
        }
        targets[target].members[sighting.process] = !pids.contains(sighting.parentPID)
        targets[target].isSeen = true
    }

    mutating func exited(_ process: ProcessIdentity, _ status: ExitStatus, target: Int, event: Int) throws {
        guard let isCounted = targets[target].members.removeValue(forKey: process) else {
            throw Irregularity(description: "\(process) is no member of the target \(target)")
        }
        targets[target].lastEnd = event
        if isCounted { targets[target].results.append((event, status)) }
    }

    /// A scan that was asked for in this event has shown, or must stand for, what it can.
    mutating func looked(since event: Int) {
        for index in targets.indices where isLooking && targets[index].isSeen && targets[index].lastEnd <= event {
            if targets[index].members.isEmpty { targets[index].hasEnded = true }
        }
    }

    mutating func entered(_ new: State, at now: Instant) throws {
        let isLegal =
            switch (state, new) {
            case (.waiting, .watching), (.watching, .grace), (.grace, .watching): true
            default: false
            }
        guard isLegal else { throw Irregularity(description: "\(rule.name) went from \(state) to \(new)") }
        state = new
        if new == .grace { graceStart = now }
    }

    /// Checks that the rule may fire, and with this outcome.
    mutating func fired(_ record: LogRecord, by look: Look) throws {
        guard isLooking else { throw Irregularity(description: "\(rule.name) fired in \(state)") }
        let fault = { (reason: String) in Irregularity(description: "\(record.rule ?? "") fired, but \(reason)") }
        if record.outcome == Outcome.terminated.name {
            guard look.isStopping else { throw fault("nobody asked to stop") }
            outcome = .terminated
        } else {
            isUnconfirmed = record.error != nil
            if look.snapshot == nil {
                guard isUnconfirmed, look.failures >= 10 else { throw fault("after \(look.failures) failed scans") }
            }
            let givenUp = startDeadline.map { $0 <= look.requestedAt } ?? false
            let isOver = targets.indices.map { index in
                let target = targets[index]
                guard target.isSeen else { return givenUp }
                let id = TargetID(rule: look.rule, index: index)
                let lives = look.snapshot.map { $0.sightings[id] != nil } ?? false
                return target.members.isEmpty && !lives && target.lastEnd <= look.requestEvent
            }
            switch rule.until {
            case .allEnded: if isOver.contains(false) { throw fault("a target lives") }
            case .anyEnded:
                let hasEnded = targets.indices.contains { targets[$0].isSeen && isOver[$0] }
                guard hasEnded || (givenUp && !targets.contains(where: \.isSeen)) else {
                    throw fault("every target lives")
                }
            }
            let isSeen = targets.contains(where: \.isSeen)
            if isSeen, rule.gracePeriod > .zero, look.requestedAt < graceStart + rule.gracePeriod || state != .grace {
                throw fault("its grace period is not over")
            }
            counted = targets.indices.filter { rule.until == .allEnded || isOver[$0] }.map { targets[$0] }
            outcome = counted.map(Self.outcome).max() ?? .succeeded
            if outcome.name != record.outcome { throw fault("with \(record.outcome ?? "") instead of \(outcome.name)") }
        }
        isStopped = outcome == .notStarted && !isSeen && rule.onStartTimeout == .skip
        if isUnconfirmed { failures.append("watch") }
        state = .acting
    }

    private var isSeen: Bool { targets.contains(where: \.isSeen) }
    private var counted: [Target] = []

    private static func outcome(of target: Target) -> Outcome {
        if !target.isSeen { return .notStarted }
        if target.results.contains(where: { $0.status != .exited(0) && $0.status != .unknown }) { return .failed }
        return target.results.contains { $0.status == .unknown } ? .unknown : .succeeded
    }

    /// Checks that actions run in order, once, and only those that are due.
    mutating func action(_ record: LogRecord) throws {
        let fault = { [actionIndex, rule] (reason: String) in
            Irregularity(description: "\(rule.name) at action \(actionIndex): \(record.name.rawValue) \(reason)")
        }
        guard state == .acting, actionIndex < rule.actions.count else { throw fault("without an action") }
        let current = rule.actions[actionIndex]
        guard record.action == current.label else { throw fault("for \(record.action ?? "none")") }
        let isDue = !isStopped && current.runsWhen.contains(outcome)
        switch record.name {
        case .actionSkipped: if isDue || isStarted { throw fault("though it is due") }
        case .actionStarted: if !isDue || isStarted { throw fault("though it is not due") }
        default: if !isStarted { throw fault("before its start") }
        }
        switch record.name {
        case .actionStarted:
            isStarted = true
            attempts = 0
        case .actionRetried: break
        case .actionSkipped, .actionSucceeded: goOn()
        default:
            if current.onFailure != .ignore { failures.append(current.label) }
            if current.onFailure == .stop { isStopped = true }
            goOn()
        }
    }

    mutating func started(_ id: AttemptID) throws {
        attempts += 1
        guard isStarted, id.action.index == actionIndex, attempts <= rule.actions[actionIndex].retry.attempts else {
            throw Irregularity(description: "\(id) is attempt \(attempts) of action \(actionIndex)")
        }
    }

    private mutating func goOn() {
        actionIndex += 1
        isStarted = false
    }

    mutating func finished(_ record: LogRecord, isStopping: Bool, at now: Instant) throws {
        guard state == .acting, actionIndex == rule.actions.count else {
            throw Irregularity(description: "\(rule.name) finished in \(state) at action \(actionIndex)")
        }
        let code = expectedCode
        guard record.exitCode == code, record.outcome == outcome.name else {
            throw Irregularity(description: "\(rule.name) finished as \(record), expected \(code)")
        }
        if rule.repeats, !isStopping { self = RuleLedger(rule, at: now, isFirst: false) } else { state = .finished }
        exitCode = code
    }

    /// The table of exit codes, worked out anew.
    private var expectedCode: Int32 {
        if !failures.isEmpty { return rule.exitCodes.actionFailed }
        if outcome == .terminated { return rule.exitCodes.terminated }
        if outcome == .notStarted { return rule.exitCodes.notStarted }
        if outcome == .unknown, let unknown = rule.exitCodes.unknown { return unknown }
        switch rule.exitCodes.ended {
        case .code(let code): return code
        case .fromTarget:
            let codes = counted.flatMap(\.results).sorted { $0.event < $1.event }.compactMap { $0.status.shellCode }
            return codes.first { $0 != 0 } ?? 0
        }
    }
}

/// The last look at the process table, as a rule may rely on it.
struct Look {
    let rule: RuleID
    /// When, and in which event, it was asked for.
    let requestedAt: Instant
    let requestEvent: Int
    /// What it showed; `nil` when it failed.
    let snapshot: ScanResult?
    /// Failed scans in a row.
    let failures: Int
    let isStopping: Bool
}
