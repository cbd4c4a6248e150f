package import Presentation
package import SupervisorCore

extension JSONObject {
    /// Adds level, event and every key of the record that has a value, in the order of docs/events.md.
    package mutating func add(_ record: LogRecord) {
        add("level", record.level.rawValue)
        add("event", record.name.rawValue)
        add("rule", record.rule)
        add("target", record.target)
        add("pid", record.pid)
        add("name", record.processName)
        add("action", record.action)
        add("attempt", record.attempt)
        add("status", record.status)
        add("durationMs", record.duration?.wholeMilliseconds)
        add("exitCode", record.exitCode)
        add("signal", record.signal)
        add("source", record.source)
        add("outcome", record.outcome)
        add("error", record.error)
        add("note", record.note)
    }
}

extension LogRecord {
    /// Every key that has a value, as ` key=value`, for people; values that would blur where they end are quoted.
    package var fields: String {
        var text = ""
        func add(_ key: String, _ value: String?) {
            guard let value else { return }
            let needsQuotes = value.isEmpty || value.unicodeScalars.contains(where: Self.needsQuotes)
            text += " \(key)=" + (needsQuotes ? JSONValue.quoted(value) : value)
        }
        add("rule", rule)
        add("target", target.map { String($0) })
        add("pid", pid.map { String($0) })
        add("name", processName)
        add("action", action)
        add("attempt", attempt.map { String($0) })
        add("status", status.map { String($0) })
        add("duration", duration.map { "\($0.wholeMilliseconds)ms" })
        add("exitCode", exitCode.map { String($0) })
        add("signal", signal)
        add("source", source)
        add("outcome", outcome)
        add("error", error)
        add("note", note)
        return text
    }

    /// A blank, a quotation mark, `=` or a control character.
    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || scalar == "\"" || scalar == "=" || (scalar.value >= 0x7F && scalar.steersOutput)
    }
}
