internal import ConfigModel
internal import SupervisorCore

/// What happened in a walk, in lines for people: what happens to the machine, what the engine is told, and, behind arrows,
/// what it does.
struct Story {
    private(set) var lines: [String] = []

    mutating func tell(_ inhabitant: Inhabitant, isBirth: Bool, at now: Instant) {
        let process = "\(inhabitant.kind), pid \(inhabitant.identity.pid) (start \(inhabitant.identity.startTicks))"
        let parent = inhabitant.parentPID == 1 ? "" : ", child of \(inhabitant.parentPID)"
        tell(isBirth ? "a process begins: \(process)\(parent)" : "a process ends: \(process)", at: now)
    }

    mutating func tell(_ event: Event, at now: Instant) { tell("told: \(event.line)", at: now) }

    mutating func tell(_ text: String, at now: Instant) {
        let milliseconds = "\((now - Walk.beginning).wholeMilliseconds)"
        lines.append(String(repeating: " ", count: max(0, 8 - milliseconds.count)) + "\(milliseconds) ms  \(text)")
    }

    mutating func tell(_ effect: Effect) { lines.append(String(repeating: " ", count: 15) + "→ \(effect.line)") }
}

extension Event {
    /// The event in a few words.
    fileprivate var line: String {
        switch self {
        case .started: return "started"
        case .scanned(let result):
            let parts = result.sightings.sorted { ($0.key.rule, $0.key.index) < ($1.key.rule, $1.key.index) }.map {
                "\($0.key.rule.number).\($0.key.index) by \($0.value.map { "\($0.process.pid)" }.joined(separator: ", "))"
            }
            return parts.isEmpty ? "scanned, no match" : "scanned, matched: " + parts.joined(separator: "; ")
        case .scanFailed: return "scan failed"
        case .exited(let process, let report):
            return "exited: pid \(process.pid) (start \(process.startTicks)), \(report.status)"
        case .attemptFinished(let id, let result):
            return "attempt #\(id.serial) of action \(id.action.rule.number)/\(id.action.index) finished: \(result)"
        case .processesGone(let id): return "processes gone for \(id.rule.number)/\(id.index)"
        case .stopRequested(.terminate): return "SIGTERM"
        case .stopRequested(.interrupt): return "SIGINT"
        case .abandoned(let outcome): return "abandoned as \(outcome.name)"
        case .reloaded: return "reloaded"
        case .deadlineReached: return "deadline reached"
        }
    }
}

extension Effect {
    /// The effect in a few words.
    fileprivate var line: String {
        switch self {
        case .scan(let queries):
            return "scan for " + queries.map { "\($0.target.rule.number).\($0.target.index)" }.joined(separator: ", ")
        case .watch(let process): return "watch pid \(process.pid)"
        case .unwatch(let process): return "unwatch pid \(process.pid)"
        case .start(let id, _): return "start \(id.action.rule.number)/\(id.action.index), attempt #\(id.serial)"
        case .cancel(let id): return "cancel attempt #\(id.serial)"
        case .awaitGone(let id, _): return "await gone \(id.rule.number)/\(id.index)"
        case .stopAwaitingGone(let id): return "stop awaiting gone \(id.rule.number)/\(id.index)"
        case .log(let record):
            var parts = [record.name.rawValue, record.rule ?? ""]
            if let target = record.target { parts.append("target=\(target)") }
            if let pid = record.pid { parts.append("pid=\(pid)") }
            if let action = record.action { parts.append("action=\(action)") }
            if let attempt = record.attempt { parts.append("attempt=\(attempt)") }
            if let outcome = record.outcome { parts.append("outcome=\(outcome)") }
            if let code = record.exitCode { parts.append("exitCode=\(code)") }
            if let error = record.error { parts.append("error=\"\(error)\"") }
            if let note = record.note { parts.append("note=\"\(note)\"") }
            return parts.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }
}
