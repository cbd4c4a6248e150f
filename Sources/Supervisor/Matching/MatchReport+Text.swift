internal import ConfigModel
internal import LinuxProcesses
package import Presentation
internal import SupervisorCore

extension MatchReport {
    /// How many near misses of one selector are shown to people.
    package static let shownNearMisses = 10
    /// The cells that texts of processes and configurations take at most: no table may be as wide as they like.
    private static let (nameWidth, selectorWidth, reasonWidth, commandLineWidth) = (40, 60, 160, 80)

    /// Two tables: the matches, and the near misses with their reasons; then one line that sums up.
    package func text(style: TerminalStyle = .plain, showsCommandLines: Bool = false) -> String {
        let (all, unmatched) = targetCounts
        let summary =
            switch (all, unmatched) {
            case (1, 0): "the target is matched"
            case (1, _): "the target matches nothing"
            case (_, 0): "all \(all) targets are matched"
            case (_, 1): "1 of \(all) targets matches nothing"
            default: "\(unmatched) of \(all) targets match nothing"
            }
        return matchTable(showsCommandLines).text(style: style) + nearMisses(style, showsCommandLines)
            + "\n" + (unmatched == 0 ? style.green(summary) : style.red(summary)) + "\n"
    }

    private func matchTable(_ showsCommandLines: Bool) -> TextTable {
        let extra = showsCommandLines ? ["COMMAND LINE"] : []
        var table = TextTable(header: ["RULE", "TARGET", "SELECTOR", "PID", "NAME", "USER", "STARTED"] + extra)
        for entry in entries {
            let selector = entry.subject.selector.fullText.printable.truncated(toWidth: Self.selectorWidth)
            let lead = [entry.subject.rule, entry.subject.use.label, selector]
            if entry.result.matches.isEmpty { table.add(lead + ["-", "nothing matches"]) }
            for finding in entry.result.matches {
                table.add(lead + Self.cells(of: finding) + [start(of: finding), Self.commandLine(of: finding)])
            }
        }
        return table
    }

    private func nearMisses(_ style: TerminalStyle, _ showsCommandLines: Bool) -> String {
        let extra = showsCommandLines ? ["COMMAND LINE"] : []
        var table = TextTable(header: ["RULE", "TARGET", "PID", "NAME", "USER", "WHY NOT"] + extra)
        var further = ""
        for entry in entries {
            let lead = [entry.subject.rule, entry.subject.use.label]
            let shown = entry.nearMissesForPeople
            for finding in shown {
                let reasons = finding.reasons(for: entry.subject.selector).joined(separator: "; ").printable
                    .truncated(toWidth: Self.reasonWidth)
                table.add(lead + Self.cells(of: finding) + [reasons, Self.commandLine(of: finding)])
            }
            let hidden = entry.result.nearMisses.count - shown.count
            if hidden > 0 {
                further += "\(lead.joined(separator: " ")): \(hidden) more, which --format json lists\n"
            }
        }
        if table.isEmpty && further.isEmpty { return "" }
        return "\nAlmost matched:\n" + (table.isEmpty ? "" : table.text(style: style)) + further
    }

    /// `5s ago`, or the clock ticks after boot where nothing tells how long ago that was.
    private func start(of finding: ProcessCensus.Finding) -> String {
        if let age = clock.age(of: finding.process) { return Self.ageText(milliseconds: age) + " ago" }
        if let time = clock.startTime(of: finding.process) {
            return Timestamp.text(seconds: time / 1_000, milliseconds: time % 1_000)
        }
        return "tick \(finding.process.startTicks)"
    }

    /// The two largest units of a duration, such as `5s`, `3m 20s`, `2h 14m` or `12d 3h`.
    static func ageText(milliseconds: Int64) -> String {
        let seconds = milliseconds / 1_000
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3_600: "\(seconds / 60)m \(seconds % 60)s"
        case ..<86_400: "\(seconds / 3_600)h \(seconds % 3_600 / 60)m"
        default: "\(seconds / 86_400)d \(seconds % 86_400 / 3_600)h"
        }
    }

    /// Pid, name and user.
    private static func cells(of finding: ProcessCensus.Finding) -> [String] {
        let name = finding.name.printable.truncated(toWidth: nameWidth)
        return ["\(finding.process.pid)", name, finding.userID.map { "\($0)" } ?? "?"]
    }

    private static func commandLine(of finding: ProcessCensus.Finding) -> String {
        (finding.commandLine ?? "").printable.truncated(toWidth: commandLineWidth)
    }
}

extension MatchReport.Entry {
    /// The nearest; where something matches, without those that are near in one condition only.
    fileprivate var nearMissesForPeople: [ProcessCensus.Finding] {
        let worthwhile = result.matches.isEmpty ? result.nearMisses : result.nearMisses.filter { !$0.isFaint }
        return Array(worthwhile.prefix(MatchReport.shownNearMisses))
    }
}

extension ProcessSelector {
    /// The conditions as the configuration writes them, `ignoreCase` among them.
    fileprivate var fullText: String { "\(self)" + (ignoresCase ? ", ignoreCase: true" : "") }

    /// Whether its patterns match letters in either case; one key of the configuration decides for all of them.
    var ignoresCase: Bool { [name, commandLine, executable].contains { $0?.ignoresCase == true } }
}
