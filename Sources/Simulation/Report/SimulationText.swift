package import ConfigModel
package import Presentation
internal import Reporting
internal import SupervisorCore

/// A simulation for people: the timeline, what came of it, and which expectations hold.
package struct SimulationText {
    private let style: TerminalStyle

    package init(style: TerminalStyle) { self.style = style }

    /// The whole text, a line end behind each line.
    package func render(_ result: SimulationResult, _ judgements: [Judgement], of scenario: Scenario) -> String {
        var text = scenario.description.map { style.bold($0.printable) + "\n\n" } ?? ""
        text += timeline(result) + "\n" + ending(result)
        let deeds = deeds(result)
        if !deeds.isEmpty { text += "\n" + deeds }
        if !judgements.isEmpty { text += "\n" + expectations(judgements) }
        return text
    }

    private func timeline(_ result: SimulationResult) -> String {
        let times = result.timeline.map { "+\($0.at.configText)" }
        let timeWidth = times.map(\.utf8.count).max() ?? 0
        let nameWidth = result.timeline.map(\.record.name.rawValue.utf8.count).max() ?? 0
        return zip(times, result.timeline).map { time, entry in
            let name = entry.record.name.rawValue
            let fields = entry.record.fields.printable
            let padding = fields.isEmpty ? "" : String(repeating: " ", count: nameWidth - name.utf8.count + 1)
            let line = padding + fields
            return style.dim(time) + String(repeating: " ", count: timeWidth - time.utf8.count + 2)
                + shade(name, entry.record.level) + line + "\n"
        }.joined()
    }

    private func shade(_ name: String, _ level: LogRecord.Level) -> String {
        switch level {
        case .debug, .info: style.cyan(name)
        case .warning: style.yellow(name)
        case .error: style.red(name)
        }
    }

    private func ending(_ result: SimulationResult) -> String {
        let time = result.endedAt.configText
        switch result.ending {
        case .exit(let verdict):
            let reason =
                switch verdict.reason {
                case .finished: "every rule is finished"
                case .finalRule(let name): "the final rule \(name) is finished"
                case .signal: "because of \(verdict.reason.text)"
                }
            let code = verdict.exitCode == 0 ? style.green("0") : style.red("\(verdict.exitCode)")
            return "Knell exits with \(code) after \(time): \(reason)\n" + verdict.rules.map(line).joined()
        case .standstill:
            return style.yellow("Knell waits for ever from \(time) on") + ": nothing more happens in the scenario\n"
                + lines(result.open)
        case .timeLimit:
            return style.yellow("Knell is still running at \(time)") + ", when the scenario's time is over\n"
                + lines(result.open)
        case .overload(let reason):
            return style.red("The simulation is given up at \(time)") + ": \(reason)\n" + lines(result.open)
        }
    }

    private func line(_ rule: Verdict.RuleVerdict) -> String {
        let parts = [
            rule.state == .finished ? nil : rule.state.rawValue, rule.outcome?.name,
            rule.exitCode.map { "exit code \($0)" },
            rule.failures.isEmpty ? nil : "failed: \(rule.failures.map(\.action).joined(separator: ", "))",
            rule.notDone.isEmpty ? nil : "not done: \(rule.notDone.joined(separator: ", "))",
        ]
        return "  \(rule.name): \(parts.compactMap(\.self).joined(separator: ", "))\n"
    }

    private func lines(_ texts: [String]) -> String { texts.map { "  \($0.printable)\n" }.joined() }

    /// What Knell did in the model of the pod.
    private func deeds(_ result: SimulationResult) -> String {
        var lines: [String] = []
        var answers: [String: [String]] = [:]
        for request in result.requests {
            let name = "\(request.method) \(request.url.text.prefix { $0 != "?" })"
            if answers[name] == nil { lines.append(name) }
            answers[name, default: []].append(request.answer.text)
        }
        var texts = lines.map { name in
            let all = answers[name] ?? []
            return "\(all.count) × \(name): \(all.prefix(8).joined(separator: ", "))\(all.count > 8 ? ", …" : "")"
        }
        texts += Self.counted(result.touches).map { "\($0.count) × touch \($0.value)" }
        texts += Self.counted(result.signals.map { "\($0.signal) to \($0.process)" }).map {
            "\($0.count) × \($0.value)"
        }
        texts += Self.counted(result.programs).map { "\($0.count) × run \($0.value)" }
        return texts.isEmpty ? "" : "Done in the pod:\n" + self.lines(texts)
    }

    /// Every value once, in the order of its first mention, and how often it is there.
    private static func counted(_ values: [String]) -> [(value: String, count: Int)] {
        var counts: [String: Int] = [:]
        var order: [String] = []
        for value in values {
            if counts[value] == nil { order.append(value) }
            counts[value, default: 0] += 1
        }
        return order.map { ($0, counts[$0] ?? 0) }
    }

    private func expectations(_ judgements: [Judgement]) -> String {
        let failed = judgements.count { !$0.holds }
        let summary =
            failed == 0
            ? "Expectations: all \(judgements.count) hold"
            : "Expectations: \(failed) of \(judgements.count) \(failed == 1 ? "does" : "do") not hold"
        return summary + "\n"
            + judgements.map { judgement in
                let text = "\(judgement.expectation.value)".printable
                guard let found = judgement.found else { return "  \(style.green("✓")) \(text)\n" }
                return "  \(style.red("✗")) \(text)\n      \(found.printable)\n"
            }.joined()
    }
}

extension SimulatedAnswer.Kind {
    /// The answer in the words of a scenario.
    package var text: String {
        switch self {
        case .status(let status): "\(status)"
        case .refused: "refused"
        case .dropped: "dropped"
        case .timeout: "timeout"
        }
    }
}
