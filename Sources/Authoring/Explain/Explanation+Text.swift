internal import ConfigModel
package import Presentation

extension Explanation {
    /// The explanation in plain English, at most ``EntryList/pageWidth`` cells wide where words allow it.
    package func text(fileName: String, style: TerminalStyle = .plain) -> String {
        let count = rules.count == 1 ? "1 rule" : "\(rules.count) rules, which run side by side"
        var text = "\(fileName.printable): \(count)\n"
        for rule in rules { text += "\n" + rule.text(style: style) }
        text += "\n" + section("SIGTERM to Knell", style) + termination.text(indent: 2, style: style)
        text += "\n" + section("Exit code of Knell", style) + exitCodes.text(indent: 2, style: style)
        if !notes.isEmpty {
            text += "\n" + style.bold(notes.count == 1 ? "Note" : "Notes") + "\n"
            for note in notes {
                let place: Prose = note.rule.map { Prose("\($0):") } ?? ""
                for (index, line) in Prose.of(place, Prose(note.text)).lines(
                    width: EntryList.pageWidth - 4, style: style
                )
                .enumerated() {
                    text += (index == 0 ? "  \(style.yellow("-")) " : "    ") + line + "\n"
                }
            }
        }
        return text
    }

    private func section(_ title: String, _ style: TerminalStyle) -> String { style.bold(title) + "\n" }

    private var termination: EntryList {
        var list = EntryList()
        let policy = Prose.value(onTerminate) { "onTerminate: \($0.rawValue)" }
        switch onTerminate.value {
        case .drain:
            list.add(
                "first",
                .of(
                    policy, ": Knell goes on watching, at most", .value(terminationTimeout) { $0.configText },
                    "; a rule whose processes end meanwhile acts as usual. Then every rule that has not acted runs its",
                    "actions, with the outcome terminated."))
        case .run:
            list.add(
                "first",
                .of(
                    policy, ": every rule that has not acted runs its actions at once, with the outcome terminated."))
        case .exit:
            list.add("first", .of(policy, ": Knell runs nothing more and exits at once."))
        }
        if onTerminate.value != .exit {
            list.add(
                "takes",
                Prose(
                    "\(longestTermination.configText) at the longest, until Knell exits: the pod needs a "
                        + "terminationGracePeriodSeconds of at least \(leastGracePeriodSeconds)."))
        }
        list.add("second", "A second SIGTERM, or SIGINT, ends Knell at once, with 143 or 130.")
        return list
    }

    private var exitCodes: EntryList {
        var list = EntryList()
        let finals = rules.filter(\.isFinal.value)
        let repeats = rules.contains(where: \.repeats.value)
        let first: Prose = "the first code that is not 0, in the order of the file; else 0"
        // A final rule ends the run before all rules can be finished.
        for rule in finals { list.add("\(rule.name) is finished", "that rule's code, at once") }
        if finals.isEmpty, !repeats {
            list.add(
                rules.count == 1 ? "the rule is finished" : "all rules are finished",
                rules.count == 1 ? "that rule's code" : first)
        }
        if onTerminate.value == .exit {
            list.add(
                "SIGTERM", "the first that is not 0 of the finished rules' codes and the others' terminated; else 0")
        } else if finals.isEmpty, repeats {
            list.add("SIGTERM", .of("once all rules are finished,", first))
        }
        list.add("a second SIGTERM", "143")
        list.add("SIGINT", "130")
        return list
    }
}

extension ExplainedRule {
    /// The rule in plain English.
    fileprivate func text(style: TerminalStyle) -> String {
        var text = style.bold("Rule \(name)") + "\n" + watching.text(indent: 2, column: 12, style: style)
        if actions.isEmpty {
            text += "  Then nothing is done: the rule only settles an exit code.\n"
        } else {
            text += "  Then \(actions.count == 1 ? "1 action" : "\(actions.count) actions, one after the other"), "
            text += "\(longestTime.configText) at the longest:\n"
        }
        for (index, action) in actions.enumerated() {
            let number = "\(index + 1). "
            let head = action.head.lines(width: EntryList.pageWidth - 4 - number.count, style: style)
            for (line, part) in head.enumerated() {
                text +=
                    "  " + (line == 0 ? style.bold(number) : String(repeating: " ", count: number.count)) + part + "\n"
            }
            text += action.details.text(indent: 5, column: 12, style: style)
        }
        text += "  Its exit code, by the first line that applies:\n" + codes.text(indent: 4, style: style)
        for line in afterwards.lines(width: EntryList.pageWidth - 2, style: style) { text += "  \(line)\n" }
        return text
    }

    private var watching: EntryList {
        var list = EntryList()
        for (index, target) in targets.enumerated() {
            let number: Prose = targets.count == 1 ? "" : Prose("target \(index):")
            list.add(index == 0 ? "watches" : "", .of(number, "every process whose", target.phrase))
        }
        list.add("waits", waiting)
        list.add(
            "until",
            targets.count == 1
                ? "all of them have ended"
                : .value(until) { $0 == .allEnded ? "all targets have ended" : "any one of the targets has ended" })
        let grace = Prose.value(gracePeriod) { $0.configText }
        list.add(
            "grace",
            gracePeriod.value == .zero
                ? .of(grace, ": the actions begin at once")
                : .of(grace, ": a match that appears again within it takes the rule back to watching"))
        return list
    }

    private var waiting: Prose {
        let sight: Prose =
            switch (targets.count, until.value) {
            case (1, _): "for a first match"
            case (_, .allEnded): "for a first match of every target"
            case (_, .anyEnded): "for a first match of any target"
            }
        guard let startTimeout else { return .of("for ever", sight, "(there is no startTimeout)") }
        return .of(
            "at most \(startTimeout.configText)".prose, sight, "; where nothing was seen by then,",
            .value(onStartTimeout) { $0 == .run ? "the actions run" : "the actions are skipped" },
            ", and the outcome is notStarted",
            targets.count == 1 ? "" : "; targets that were not seen are given up, and the others watched on")
    }

    private var codes: EntryList {
        var list = EntryList()
        let show = { (code: Int32) in String(code) }
        let failure = actions.contains(where: \.countsWhenItFails) ? "an action failed, or " : ""
        list.add(failure + "/proc could not be read", .value(actionFailed, show))
        list.add("SIGTERM ended the watching", .value(terminated, show))
        if let startTimeout {
            list.add("a target was not seen within \(startTimeout.configText)", .value(notStarted, show))
        }
        switch (unknown, ended.value) {
        case (let unknown?, _): list.add("it ended, its status is unknown", Prose(String(unknown)))
        case (nil, .fromTarget): list.add("it ended, its status is unknown", Prose("0 (default)", isDim: true))
        case (nil, .code): break
        }
        switch ended.value {
        case .code: list.add("it ended", .value(ended) { if case .code(let code) = $0 { String(code) } else { "" } })
        case .fromTarget:
            list.add("it ended", "the code of the process that failed first, 128+n for signal n; 0 where none failed")
        }
        return list
    }

    private var afterwards: Prose {
        if isFinal.value { return "When the rule is finished, Knell exits at once with this code (final)." }
        if repeats.value { return "When the rule is finished, it goes back to waiting (repeat)." }
        let isDefault = isFinal.isDefault && repeats.isDefault
        return Prose(
            "The rule is neither final nor does it repeat" + (isDefault ? " (default)." : "."),
            isDim: isDefault)
    }
}

extension String {
    fileprivate var prose: Prose { Prose(self) }
}
