import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport

/// A conversation with one engine, in events and in effects as short lines.
struct Dialogue {
    private(set) var shell: ModelShell

    init(_ yaml: String, seed: UInt64 = 1) throws {
        shell = ModelShell(try Plan.parsing(yaml), seed: seed)
    }

    /// A conversation about one rule named `r`, of which `rule` gives the keys beside the name.
    init(rule: String, document: String = "", seed: UInt64 = 1) throws {
        let lines = Self.lines(rule).map { "    \($0)\n" }.joined()
        try self.init("version: 1\n\(document)\nrules:\n  - name: r\n\(lines)", seed: seed)
    }

    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

    /// Sends an event after a pause, and returns the effects as lines; see ``Effect/line``.
    @discardableResult
    mutating func tell(_ event: Event, after pause: Duration = .zero) throws -> [String] {
        shell.advance(by: pause)
        return try shell.send(event).map(\.line)
    }

    mutating func advance(by duration: Duration) { shell.advance(by: duration) }

    /// Sends `deadlineReached` at the time at which it is due.
    @discardableResult
    mutating func reachDeadline() throws -> [String] {
        guard let next = shell.engine.nextDeadline else { throw DialogueFault(description: "no deadline is set") }
        shell.advance(to: next)
        return try shell.send(.deadlineReached).map(\.line)
    }

    /// Answers every timed scan with `result` until something other than a scan comes of it.
    mutating func reachDeadlines(finding result: Event, atMost count: Int = 100) throws -> [String] {
        for _ in 0..<count {
            if shell.pendingScan == nil { try reachDeadline() }
            let lines = try tell(result).filter { !$0.hasPrefix("scan ") }
            if !lines.isEmpty { return lines }
        }
        throw DialogueFault(description: "nothing came of \(count) scans")
    }

    /// How long it is until the next deadline, in milliseconds.
    var millisecondsLeft: Int64? { shell.engine.nextDeadline.map { ($0 - shell.now).wholeMilliseconds } }

    var verdict: Verdict? { shell.engine.verdict }

    /// The state of a rule, as a verdict would tell it now.
    func state(of rule: Int = 0) -> String { verdictNow?.rules[rule].state.rawValue ?? "" }

    /// The state of a rule by its name; `nil` where there is none.
    func state(named name: String) -> String? { verdictNow?.rules.first { $0.name == name }?.state.rawValue }

    private var verdictNow: Verdict? {
        var copy = shell.engine
        if copy.verdict == nil { _ = copy.handle(.stopRequested(.interrupt), at: shell.now) }
        return copy.verdict
    }
}

/// Why a conversation cannot go on.
struct DialogueFault: Error, CustomStringConvertible {
    let description: String
}

extension ProcessIdentity {
    /// A process whose start time is told apart by its pid.
    init(_ pid: Int32) { self.init(pid: pid, startTicks: UInt64(pid)) }
}

extension TargetID {
    /// A target of the first rule, or of another.
    init(_ index: Int, of rule: Int = 0) { self.init(rule: RuleID(rule), index: index) }
}

extension AttemptID {
    /// An attempt by its serial, of an action of the first rule or of another.
    init(_ serial: Int, action: Int = 0, of rule: Int = 0) {
        self.init(action: ActionID(rule: RuleID(rule), index: action), serial: serial)
    }
}

extension Event {
    /// A scan that saw these pids for each target of the first rule, none of them the other's child.
    static func saw(_ pids: [Int: [Int32]]) -> Event {
        .scanned(
            ScanResult(
                sightings: Dictionary(
                    uniqueKeysWithValues: pids.map { target, pids in
                        (TargetID(target), pids.map { Sighting(ProcessIdentity($0), parent: 1) })
                    })))
    }

    static let sawNothing = Event.saw([:])

    static func exited(_ pid: Int32, _ status: ExitStatus = .exited(0)) -> Event {
        .exited(ProcessIdentity(pid), ExitReport(status: status, source: status == .unknown ? .none : .pidfdInfo))
    }

    /// The end of an attempt of the first rule.
    static func attempt(_ serial: Int, action: Int = 0, _ result: AttemptResult) -> Event {
        .attemptFinished(AttemptID(serial, action: action), result)
    }
}

extension Sighting {
    init(_ process: ProcessIdentity, parent: Int32) {
        self.init(process: process, parentPID: parent, name: "p\(process.pid)")
    }
}

extension Effect {
    /// The effect in one line, such as `scan 0.0 0.1`, `start 0/2 #1` or `r rule.fired outcome=failed`.
    ///
    /// Of a record, only what tools rely on: neither wording nor durations.
    var line: String {
        switch self {
        case .scan(let queries):
            return "scan " + queries.map { "\($0.target.rule.number).\($0.target.index)" }.joined(separator: " ")
        case .watch(let process): return "watch \(process.pid)"
        case .unwatch(let process): return "unwatch \(process.pid)"
        case .start(let id, _): return "start \(id.action.rule.number)/\(id.action.index) #\(id.serial)"
        case .cancel(let id): return "cancel #\(id.serial)"
        case .awaitGone(let id, _): return "awaitGone \(id.rule.number)/\(id.index)"
        case .stopAwaitingGone(let id): return "stopAwaitingGone \(id.rule.number)/\(id.index)"
        case .log(let record): return record.line
        }
    }
}

extension LogRecord {
    fileprivate var line: String {
        var parts = [rule, name.rawValue].compactMap(\.self)
        func add(_ key: String, _ value: (some Any)?) {
            if let value { parts.append("\(key)=\(value)") }
        }
        add("level", level == .info ? nil : level)
        add("target", target)
        add("pid", pid)
        add("action", action)
        add("attempt", attempt)
        add("status", status)
        add("exitCode", exitCode)
        add("signal", signal)
        add("outcome", outcome)
        return parts.joined(separator: " ")
    }
}
