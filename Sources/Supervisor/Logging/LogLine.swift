internal import Presentation
internal import SupervisorCore

/// How log lines look.
package enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// For people: time, level, event, then `key=value`.
    case text
}

/// Turns a record into a line.
struct LogLine {
    let format: LogFormat
    /// Every line says that nothing is really done.
    let isDryRun: Bool
    /// How text looks; JSON is for programs and stays as it is.
    var style = TerminalStyle.plain

    /// The line with its end.
    func text(of record: LogRecord, time: String) -> String {
        switch format {
        case .json: json(record, time) + "\n"
        case .text: plain(record, time) + "\n"
        }
    }

    private func json(_ record: LogRecord, _ time: String) -> String {
        var object = JSONObject()
        object.add("time", time)
        object.add("level", record.level.rawValue)
        object.add("event", record.name.rawValue)
        object.add("rule", record.rule)
        object.add("target", record.target)
        object.add("pid", record.pid)
        object.add("name", record.processName)
        object.add("action", record.action)
        object.add("attempt", record.attempt)
        object.add("status", record.status)
        object.add("durationMs", record.duration?.wholeMilliseconds)
        object.add("exitCode", record.exitCode)
        object.add("signal", record.signal)
        object.add("source", record.source)
        object.add("outcome", record.outcome)
        object.add("error", record.error)
        object.add("note", record.note)
        object.addFlag("dryRun", isDryRun)
        return object.compact
    }

    /// A blank, a quotation mark, `=` or a control character, which would blur where a value ends.
    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || scalar == "\"" || scalar == "=" || (0x7F...0x9F).contains(scalar.value)
    }

    private func level(_ level: LogRecord.Level) -> String {
        let text = level.rawValue.uppercased()
        return switch level {
        case .debug: style.dim(text)
        case .info: style.green(text)
        case .warning: style.yellow(text)
        case .error: style.red(text)
        }
    }

    private func plain(_ record: LogRecord, _ time: String) -> String {
        var line = "\(style.dim(time)) \(level(record.level)) \(style.bold(record.name.rawValue))"
        func add(_ key: String, _ value: String?) {
            guard let value else { return }
            let needsQuotes = value.isEmpty || value.unicodeScalars.contains(where: Self.needsQuotes)
            line += " \(key)=" + (needsQuotes ? JSONValue.quoted(value) : value)
        }
        add("rule", record.rule)
        add("target", record.target.map { String($0) })
        add("pid", record.pid.map { String($0) })
        add("name", record.processName)
        add("action", record.action)
        add("attempt", record.attempt.map { String($0) })
        add("status", record.status.map { String($0) })
        add("duration", record.duration.map { "\($0.wholeMilliseconds)ms" })
        add("exitCode", record.exitCode.map { String($0) })
        add("signal", record.signal)
        add("source", record.source)
        add("outcome", record.outcome)
        add("error", record.error)
        add("note", record.note)
        if isDryRun { add("dryRun", "true") }
        return line
    }
}
