internal import ConfigModel
internal import Presentation

extension Explanation {
    /// The life of each rule as a flowchart in the language of Mermaid.
    package var mermaid: String {
        var lines = ["flowchart TD"]
        for (index, rule) in rules.enumerated() { lines += rule.mermaid(index) }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension ExplainedRule {
    /// A subgraph; the names of its nodes begin with `r` and the index of the rule.
    fileprivate func mermaid(_ index: Int) -> [String] {
        func node(_ name: String) -> String { "r\(index)\(name)" }
        func edge(_ from: String, _ to: String, _ label: String) -> String {
            "    \(node(from)) -->|\(Mermaid.quoted(label))| \(node(to))"
        }
        let first = actions.isEmpty ? "finished" : "action0"
        let targets = targets.map(\.line).joined(separator: "; ")
        let hasGrace = gracePeriod.value > .zero
        let seen =
            self.targets.count == 1
            ? "a process was seen" : until.value == .allEnded ? "every target was seen" : "a target was seen"
        let over = self.targets.count == 1 || until.value == .allEnded ? "all have ended" : "one target has ended"

        var lines = ["  subgraph \(node("")) [\(Mermaid.quoted("rule \(name)"))]"]
        lines.append("    \(node("waiting"))([\(Mermaid.quoted("waiting for \(targets)"))])")
        lines.append("    \(node("watching"))([\(Mermaid.quoted("watching"))])")
        lines.append(edge("waiting", "watching", seen))
        if hasGrace {
            lines.append("    \(node("grace"))([\(Mermaid.quoted("grace \(gracePeriod.value.configText)"))])")
            lines.append(edge("watching", "grace", over))
            lines.append(edge("grace", "watching", "a match reappears"))
            lines.append(edge("grace", first, "\(gracePeriod.value.configText) have passed"))
        } else {
            lines.append(edge("watching", first, over))
        }
        if let startTimeout {
            let skips = onStartTimeout.value == .skip
            lines.append(
                edge("waiting", skips ? "finished" : first, "nothing seen in \(startTimeout.configText): notStarted"))
        }
        for (number, action) in actions.enumerated() {
            let next = number + 1 < actions.count ? "action\(number + 1)" : "finished"
            let condition =
                action.when.value.count == Outcome.allCases.count
                ? "" : ", when " + action.when.value.map(\.name).joined(separator: " or ")
            let preset = action.expansion.map { "\($0.preset.name): " } ?? ""
            lines.append(
                "    \(node("action\(number)"))[\(Mermaid.quoted("\(action.label): \(preset)\(action.deed)\(condition)"))]"
            )
            lines.append("    \(node("action\(number)")) --> \(node(next))")
            if action.countsWhenItFails, action.onFailure.value == .stop, next != "finished" {
                lines.append(edge("action\(number)", "finished", "failed: stop"))
            }
        }
        lines.append("    \(node("finished"))([\(Mermaid.quoted(finish))])")
        if repeats.value { lines.append(edge("finished", "waiting", "repeat")) }
        return lines + ["  end"]
    }

    /// The exit codes in a few words.
    private var finish: String {
        var parts: [String] = []
        switch ended.value {
        case .code(let code): parts.append("ended \(code)")
        case .fromTarget: parts.append("ended: the target's own code")
        }
        if actions.contains(where: \.countsWhenItFails) { parts.append("action failed \(actionFailed.value)") }
        if startTimeout != nil { parts.append("not started \(notStarted.value)") }
        parts.append("terminated \(terminated.value)")
        if let unknown { parts.append("unknown \(unknown)") }
        return (isFinal.value ? "finished, Knell exits: " : "finished: ") + parts.joined(separator: ", ")
    }
}

/// Text in the language of Mermaid.
enum Mermaid {
    /// A label in quotes: what could end it, or be taken for Markdown, mathematics or HTML, is written as an entity code.
    static func quoted(_ text: String) -> String {
        // Mermaid finds these words in labels as well: style definitions before it parses, a direction by a look at the line.
        let words = ["style", "classDef", "direction"]
        let safe = (words.contains { text.contains($0) } ? ".,/-=" : " .,:/-=").unicodeScalars
        var result = "\""
        for scalar in text.unicodeScalars {
            let isSafe =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || safe.contains(scalar)
            if isSafe {
                result.unicodeScalars.append(scalar)
            } else {
                result += "#\(scalar.steersOutput ? 0xFFFD : scalar.value);"
            }
        }
        return result + "\""
    }
}
