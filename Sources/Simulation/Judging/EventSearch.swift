internal import ConfigModel
internal import Reporting
internal import SupervisorCore

/// Finds expected events in a timeline, each behind the one before.
struct EventSearch {
    private let timeline: [SimulationResult.Entry]
    /// The first line behind the last event that was found.
    private var position = 0

    init(_ timeline: [SimulationResult.Entry]) { self.timeline = timeline }

    /// Goes on to the event; where there is none, stays and says what there is instead.
    mutating func find(_ event: ExpectedEvent) -> String? {
        if let index = timeline[position...].firstIndex(where: { event.matches($0) }) {
            position = index + 1
            return nil
        }
        if let earlier = timeline[..<position].last(where: { event.matches($0) }) {
            return "it comes before what is expected ahead of it: \(earlier.phrase)"
        }
        let candidates = timeline[position...].filter { $0.record.name.rawValue == event.event }
        guard let nearest = candidates.min(by: { event.differences(from: $0) < event.differences(from: $1) }) else {
            let place = position == 0 ? "" : " behind \(timeline[position - 1].phrase)"
            return "there is no \(event.event)\(place)"
        }
        return "there is \(nearest.phrase)"
    }
}

extension ExpectedEvent {
    func matches(_ entry: SimulationResult.Entry) -> Bool {
        entry.record.name.rawValue == event && differences(from: entry) == 0
    }

    /// How many of the expected values are others.
    func differences(from entry: SimulationResult.Entry) -> Int {
        func differs<Value: Equatable>(_ expected: Value?, _ actual: Value?) -> Int {
            expected == nil || expected == actual ? 0 : 1
        }
        let record = entry.record
        // The timeline is in whole milliseconds, and so is what it is compared with.
        let time = entry.at.wholeMilliseconds
        let isInTime =
            after.map { $0.wholeMilliseconds <= time } ?? true && before.map { time <= $0.wholeMilliseconds } ?? true
        let process = differs(target, record.target) + differs(name, record.processName)
        let action = differs(action, record.action) + differs(attempt, record.attempt) + differs(status, record.status)
        let end = differs(exitCode, record.exitCode) + differs(signal, record.signal)
        return differs(rule, record.rule) + differs(outcome, record.outcome) + process + action + end
            + (isInTime ? 0 : 1)
    }
}

extension SimulationResult.Entry {
    /// The line in a sentence: `rule.fired rule=main outcome=failed at 30s`.
    var phrase: String { "\(record.name.rawValue)\(record.fields) at \(at.configText)" }
}
