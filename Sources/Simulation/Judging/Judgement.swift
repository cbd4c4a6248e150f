package import ConfigModel
internal import SupervisorCore

/// Whether one expectation holds.
package struct Judgement: Sendable {
    package let expectation: Located<Expectation>
    /// What happened instead; `nil` where the expectation holds.
    package let found: String?

    package var holds: Bool { found == nil }

    /// The expectation and what happened instead, in one sentence for a diagnostic.
    package var reason: String { "expected: \(expectation.value), but \(found ?? "it is not so")" }
}

extension SimulationResult {
    /// Judges expectations in their order; one event is expected behind the one before it.
    package func judge(_ expectations: [Located<Expectation>]) -> [Judgement] {
        var search = EventSearch(timeline)
        return expectations.map { Judgement(expectation: $0, found: contradiction(to: $0.value, &search)) }
    }

    /// What happened instead of what is expected; `nil` where it holds.
    private func contradiction(to expectation: Expectation, _ search: inout EventSearch) -> String? {
        switch expectation {
        case .exitCode(let code):
            guard let verdict else { return stillThere }
            return verdict.exitCode == code ? nil : "it exits with \(verdict.exitCode)\(cause(verdict))"
        case .finishesBy(let time):
            guard verdict != nil else { return stillThere }
            return endedAt.wholeMilliseconds <= time.wholeMilliseconds ? nil : "it exits at \(endedAt.configText)"
        case .finished(let isFinished):
            if isFinished == areAllFinished { return nil }
            return isFinished ? unfinished : "every rule is finished"
        case .event(let event): return search.find(event)
        case .never(let event):
            guard let entry = timeline.first(where: { event.matches($0) }) else { return nil }
            return "there is \(entry.phrase)"
        case .requests(let url, let method, let count):
            let meant = requests.filter {
                $0.url.endpoint == url.endpoint && $0.url.requestTarget == url.requestTarget
                    && [nil, $0.method].contains(method)
            }
            return difference(meant.count, count, "it was called")
        case .touched(let paths):
            if Set(paths) == Set(touches) { return nil }
            return touches.isEmpty
                ? "no file was touched" : "touched were \(Set(touches).sorted().joined(separator: ", "))"
        case .signals(let process, let signal, let count):
            let meant = signals.filter { $0.process == process && [nil, $0.signal].contains(signal) }
            return difference(meant.count, count, "it was signalled")
        case .programs(let command, let count):
            return difference(programs.count { $0 == command }, count, "it was run")
        }
    }

    private func difference(_ actual: Int, _ expected: Int, _ what: String) -> String? {
        actual == expected ? nil : "\(what) \(actual == 1 ? "once" : "\(actual) times")"
    }

    private var areAllFinished: Bool { verdict?.rules.allSatisfy { $0.state == .finished } ?? false }

    private var unfinished: String {
        guard let verdict else { return stillThere }
        let names = verdict.rules.filter { $0.state != .finished }.map { "\($0.name) (\($0.state.rawValue))" }
        return "not finished: \(names.joined(separator: ", "))"
    }

    private var stillThere: String {
        "Knell is still running when the simulation ends, at \(endedAt.configText)"
            + (open.first.map { ": \($0)" } ?? "")
    }

    /// Which rule's code it is.
    private func cause(_ verdict: Verdict) -> String {
        guard verdict.reason == .finished, let rule = verdict.rules.first(where: { $0.exitCode == verdict.exitCode })
        else { return " (\(verdict.reason.text))" }
        let failure = rule.failures.first.map { ": \($0.action) failed: \($0.reason)" }
        return " (\(rule.name), \(rule.outcome?.name ?? rule.state.rawValue)\(failure ?? ""))"
    }
}
