package import Presentation
package import SupervisorCore

/// How log lines look.
package enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// For people: time, level, event, then `key=value`.
    case text
}

/// Turns a record into a line.
package struct LogLine: Sendable {
    private let format: LogFormat
    /// Every line says that nothing is really done.
    private let isDryRun: Bool
    /// How text looks; JSON is for programs and stays as it is.
    private let style: TerminalStyle

    package init(format: LogFormat, isDryRun: Bool, style: TerminalStyle = .plain) {
        self.format = format
        self.isDryRun = isDryRun
        self.style = style
    }

    /// The line with its end.
    package func text(of record: LogRecord, time: String) -> String {
        switch format {
        case .json: json(record, time) + "\n"
        case .text: plain(record, time) + "\n"
        }
    }

    private func json(_ record: LogRecord, _ time: String) -> String {
        var object = JSONObject()
        object.add("time", time)
        object.add(record)
        object.addFlag("dryRun", isDryRun)
        return object.compact
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
        let line = "\(style.dim(time)) \(level(record.level)) \(style.bold(record.name.rawValue))"
        return line + record.fields + (isDryRun ? " dryRun=true" : "")
    }
}
