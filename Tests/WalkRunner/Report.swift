import EngineWalks
import Presentation

/// What is printed of walks.
struct Report {
    let outcome: Exploration.Outcome
    let firstBlock: UInt64
    let seconds: Double

    /// The tables: what was met, and which cells of moment and event were reached.
    var text: String {
        let tally = outcome.tally
        var text = "\(outcome.walks) walks from seed \(firstBlock * WalkBlock.size) on, "
        text += "\(tally.eventCount) events in \(Self.tenths(seconds)) s\n\n"
        var counts = TextTable(header: ["events", "", "effects", "", "the machine and its troubles", ""])
        let events = EventKind.allCases.map { ("\($0)", tally.events[$0.rawValue]) }
        let effects = EffectKind.allCases.map { ("\($0)", tally.effects[$0.rawValue]) }
        let machine = outcome.machine
        let troubles =
            [
                ("births", machine.births), ("of a child", machine.children),
                ("with a pid used before", machine.reuses),
                ("deaths", machine.deaths),
            ] + Hardship.allCases.map { ($0.text, tally.hardships[$0.rawValue]) }
        for row in 0..<max(events.count, effects.count, troubles.count) {
            func cells(_ column: [(String, Int)]) -> [String] {
                column.indices.contains(row) ? [column[row].0, "\(column[row].1)"] : ["", ""]
            }
            counts.add(cells(events) + cells(effects) + cells(troubles))
        }
        return text + counts.text() + "\n" + coverage
    }

    /// How often each kind of event has met a rule in each moment of its life.
    private var coverage: String {
        let moments = Moment.allCases
        var table = TextTable(header: ["a rule that is"] + EventKind.allCases.map(\.short))
        var reached = 0
        for moment in moments {
            let meetings = EventKind.allCases.map { outcome.tally.meetings(moment, $0) }
            reached += meetings.count { $0 > 0 }
            table.add(["\(moment)"] + meetings.map { $0 == 0 ? "-" : "\($0)" })
        }
        let legend = EventKind.allCases.map { "\($0.short) \($0)" }.joined(separator: ", ")
        return table.text() + "(\(legend))\n\(reached) of \(moments.count * EventKind.allCases.count) "
            + "cells of a rule's moment and an event are reached\n"
    }

    /// A number with one decimal.
    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Hardship {
    /// In words.
    fileprivate var text: String {
        switch self {
        case .sameReload: "reloads of the same rules"
        case .changedReload: "reloads of other rules"
        case .clockJump: "clock jumps"
        case .lateWake: "late wake-ups"
        case .falseEnd: "ends of processes that live"
        case .stray: "events nobody waits for"
        }
    }
}

extension EventKind {
    /// A heading for a narrow column.
    fileprivate var short: String {
        switch self {
        case .started: "st"
        case .matchesSeen: "se"
        case .nothingSeen: "no"
        case .scanFailed: "sf"
        case .exited: "ex"
        case .attemptSucceeded: "ok"
        case .attemptAnswered: "an"
        case .attemptRefused: "re"
        case .attemptDropped: "dr"
        case .attemptTimedOut: "to"
        case .attemptFailed: "fa"
        case .processesGone: "go"
        case .terminate: "te"
        case .interrupt: "in"
        case .abandoned: "ab"
        case .reloaded: "rl"
        case .deadlineReached: "dl"
        }
    }
}
