import Foundation
import Presentation
import SupervisorCore
import Testing

@testable import Reporting

struct LogLineTests {
    private static let time = "2026-11-23T17:00:00.000Z"

    private func object(_ record: LogRecord, isDryRun: Bool = false) throws -> [String: Any] {
        let line = LogLine(format: .json, isDryRun: isDryRun).text(of: record, time: Self.time)
        #expect(line.last == "\n")
        #expect(line.filter { $0 == "\n" }.count == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private func text(_ record: LogRecord) -> String {
        LogLine(format: .text, isDryRun: false).text(of: record, time: Self.time)
    }

    @Test(
        arguments: [(.debug, "2"), (.info, "32"), (.warning, "33"), (.error, "1;31")] as [(LogRecord.Level, String)])
    func coloursTheLevelOfTextAndNoJSON(level: LogRecord.Level, code: String) {
        let record = LogRecord(.ruleFired, level: level).with { $0.rule = "r" }
        let style = TerminalStyle(isColoured: true)
        let text = LogLine(format: .text, isDryRun: false, style: style).text(of: record, time: Self.time)
        let name = "\u{1B}[\(code)m\(level.rawValue.uppercased())\u{1B}[0m"
        #expect(text == "\u{1B}[2m\(Self.time)\u{1B}[0m \(name) \u{1B}[1mrule.fired\u{1B}[0m rule=r\n")
        let json = LogLine(format: .json, isDryRun: false, style: style).text(of: record, time: Self.time)
        #expect(!json.contains("\u{1B}"))
    }

    @Test func writesEveryFieldUnderItsKey() throws {
        let record = LogRecord(.actionFailed, level: .error).with {
            $0.rule = "r"
            $0.target = 1
            $0.pid = 17
            $0.processName = "main"
            $0.action = "2/http"
            $0.attempt = 3
            $0.status = 503
            $0.duration = .milliseconds(1_500)
            $0.exitCode = 4
            $0.signal = "SIGTERM"
            $0.source = "pidfdInfo"
            $0.outcome = "failed"
            $0.error = "e"
            $0.note = "n"
        }
        let expected: [String: Any] = [
            "time": Self.time, "level": "error", "event": "action.failed", "rule": "r", "target": 1, "pid": 17,
            "name": "main",
            "action": "2/http", "attempt": 3, "status": 503, "durationMs": 1_500, "exitCode": 4, "signal": "SIGTERM",
            "source": "pidfdInfo", "outcome": "failed", "error": "e", "note": "n",
        ]
        #expect(NSDictionary(dictionary: try object(record)) == NSDictionary(dictionary: expected))
        #expect(
            text(record)
                == "\(Self.time) ERROR action.failed rule=r target=1 pid=17 name=main action=2/http attempt=3 status=503 "
                + "duration=1500ms exitCode=4 signal=SIGTERM source=pidfdInfo outcome=failed error=e note=n\n")
    }

    @Test func leavesOutWhatIsNotKnown() throws {
        #expect(try object(LogRecord(.runStarted)).keys.sorted() == ["event", "level", "time"])
        #expect(text(LogRecord(.runStarted)) == "\(Self.time) INFO run.started\n")
    }

    @Test func marksEveryLineOfADryRun() throws {
        #expect(try object(LogRecord(.runStarted), isDryRun: true)["dryRun"] as? Bool == true)
        #expect(
            LogLine(format: .text, isDryRun: true).text(of: LogRecord(.runStarted), time: Self.time).hasSuffix(
                " dryRun=true\n"))
    }

    @Test(arguments: [
        "", "plain", "with \"quotes\"", "back\\slash", "line\nbreak\r\ttab", "nul\u{0}bell\u{7}del\u{7F}",
        "\u{80}\u{9B}31m",
        "é 日本 👍🏽", "\u{2028}\u{2029}\u{FEFF}", "a=b", String(repeating: "x", count: 10_000),
    ]) func carriesAnyText(value: String) throws {
        let record = LogRecord(.targetFound).with { $0.processName = value }
        #expect(try object(record)["name"] as? String == value)
        let line = text(record).dropLast()
        // Nothing in it can end the line or steer a terminal.
        #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("\"", "\"\\\"\""),
        ("\u{1B}[0m", "\"\\u001b[0m\""), ("\u{9B}0m", "\"\\u009b0m\""), ("é", "é"),
    ]) func quotesInTextOnlyWhatNeedsIt(value: String, expected: String) {
        #expect(
            text(LogRecord(.runStarted).with { $0.note = value }) == "\(Self.time) INFO run.started note=\(expected)\n")
    }
}
