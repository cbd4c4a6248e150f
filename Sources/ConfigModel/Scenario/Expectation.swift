/// One thing that must come of a simulation.
package enum Expectation: Hashable, Sendable {
    case exitCode(Int32)
    /// Knell has exited at this time.
    case finishesBy(Duration)
    /// Whether every rule is finished at the end.
    case finished(Bool)
    /// The timeline holds it, behind the event that was expected before it.
    case event(ExpectedEvent)
    case never(ExpectedEvent)
    case requests(HTTPURL, method: String?, count: Int)
    /// These files were touched, and no others.
    case touched([String])
    case signals(process: String, signal: Signal?, count: Int)
    case programs(command: String, count: Int)
}

/// What an event of the timeline must look like: everything that is given must be so.
package struct ExpectedEvent: Hashable, Sendable {
    package let event: String
    package let rule: String?
    package let target: Int?
    /// The name of the process.
    package let name: String?
    package let action: String?
    package let attempt: Int?
    package let status: Int?
    package let exitCode: Int32?
    package let signal: String?
    package let outcome: String?
    /// The earliest time.
    package let after: Duration?
    /// The latest time.
    package let before: Duration?
}

extension ExpectedEvent: CustomStringConvertible {
    /// The event as a text log writes it, such as `rule.fired rule=main outcome=failed at 30s`.
    package var description: String {
        let fields: [(key: String, value: String?)] = [
            ("rule", rule), ("target", target.map { "\($0)" }), ("name", name), ("action", action),
            ("attempt", attempt.map { "\($0)" }), ("status", status.map { "\($0)" }),
            ("exitCode", exitCode.map { "\($0)" }), ("signal", signal), ("outcome", outcome),
        ]
        let text = event + fields.compactMap { field in field.value.map { " \(field.key)=\($0)" } }.joined()
        switch (after, before) {
        case (nil, nil): return text
        case (let after?, nil): return text + " at \(after.configText) or later"
        case (nil, let before?): return text + " at \(before.configText) or earlier"
        case (let after?, let before?) where after == before: return text + " at \(after.configText)"
        case (let after?, let before?): return text + " from \(after.configText) to \(before.configText)"
        }
    }
}

extension Expectation: CustomStringConvertible {
    /// The expectation in one phrase.
    package var description: String {
        switch self {
        case .exitCode(let code): "Knell exits with \(code)"
        case .finishesBy(let time): "Knell exits by \(time.configText)"
        case .finished(true): "every rule is finished"
        case .finished(false): "some rule is not finished"
        case .event(let event): "\(event)"
        case .never(let event): "never \(event)"
        case .requests(let url, let method, let count):
            "\(count) × \(method.map { "\($0) " } ?? "")\(url.text.prefix { $0 != "?" })"
        case .touched(let paths): paths.isEmpty ? "no file is touched" : "touched: \(paths.joined(separator: ", "))"
        case .signals(let process, let signal, let count):
            "\(count) × \(signal.map { "\($0)" } ?? "a signal") to \(process)"
        case .programs(let command, let count): "\(count) × \(command)"
        }
    }
}
