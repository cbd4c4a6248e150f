import ConfigModel
import Presentation
import Reporting
import SupervisorCore

/// What Knell writes of texts that others have chosen: the first byte says which form, the rest is the texts.
enum OutputCheck {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let first = bytes.first else { return }
        var parts = InputParts(bytes.dropFirst())
        switch first {
        case UInt8(ascii: "j"): try json(&parts)
        case UInt8(ascii: "l"): try logLine(&parts)
        case UInt8(ascii: "p"): try printable(&parts)
        case UInt8(ascii: "t"): try table(&parts)
        case UInt8(ascii: "d"): try diagnostics(&parts)
        default: break
        }
    }

    private static func json(_ parts: inout InputParts) throws(BrokenPromise) {
        try PrintedText.check(value(&parts, depth: 0), "a value")
    }

    private static func value(_ parts: inout InputParts, depth: Int) -> JSONValue {
        switch parts.number(below: depth < 6 ? 7 : 4) {
        case 0: return .string(parts.text())
        case 1: return .integer(parts.text().utf8.reduce(0) { $0 &* 251 &+ Int64($1) })
        case 2: return .boolean(parts.number(below: 2) == 0)
        case 3: return .null
        case 4, 5: return .array((0..<parts.number(below: 8)).map { _ in value(&parts, depth: depth + 1) })
        default:
            var object = JSONObject()
            for index in 0..<parts.number(below: 8) {
                // Numbered, for keys are never twice the same in what Knell writes.
                object.add("\(index)\(parts.text())", value(&parts, depth: depth + 1))
            }
            return .object(object)
        }
    }

    private static func logLine(_ parts: inout InputParts) throws(BrokenPromise) {
        let names = LogRecord.Name.allCases
        var record = LogRecord(names[parts.number(below: names.count)])
        record.pid = Int32(truncatingIfNeeded: parts.number(below: 256) &* 0x0101_0101)
        record.duration = .nanoseconds(Int64(parts.byte()) << 54)
        record.rule = parts.text()
        record.processName = parts.text()
        record.error = parts.text()
        record.note = parts.isEmpty ? nil : parts.text()
        for format in LogFormat.allCases {
            let line = LogLine(format: format, isDryRun: true).text(of: record, time: "2026-01-01T00:00:00.000Z")
            try BrokenPromise.unless(line.hasSuffix("\n"), "a log line has its end", line.debugDescription)
            try PrintedText.checkLine(String(line.unicodeScalars.dropLast()), "a log record")
        }
        let line = LogLine(format: .json, isDryRun: false).text(of: record, time: "t")
        var expected = JSONObject()
        expected.add("time", "t")
        expected.add(record)
        try BrokenPromise.unless(
            (try? JSONReader.value(of: line)) == .object(expected), "a record is read back from its line", line)
    }

    private static func printable(_ parts: inout InputParts) throws(BrokenPromise) {
        let width = parts.number(below: 64)
        let text = parts.text()
        let printable = text.printable
        try PrintedText.checkLine(printable, "a printable text")
        try BrokenPromise.unless(
            printable.unicodeScalars.count == text.unicodeScalars.count && printable.printable == printable,
            "characters are replaced one by one", text.debugDescription)
        let cut = printable.truncated(toWidth: width)
        try BrokenPromise.unless(
            cut.displayWidth <= width && (cut == printable) == (printable.displayWidth <= width),
            "a text is cut to the width", "\(printable.debugDescription) to \(width): \(cut.debugDescription)")
        // With colours, as it comes from TerminalStyle.
        let style = TerminalStyle(isColoured: true)
        let coloured = style.red(printable).truncated(toWidth: width)
        let opened = coloured.utf8.count { $0 == 0x1B }
        try BrokenPromise.unless(opened % 2 == 0, "a colour that begins ends", coloured.debugDescription)
    }

    private static func table(_ parts: inout InputParts) throws(BrokenPromise) {
        var table = TextTable(header: ["PID", "NAME", "RULE"])
        var rows = 0
        while !parts.isEmpty, rows < 32 {
            table.add((0..<parts.number(below: 5)).map { _ in parts.text() })
            rows += 1
        }
        let text = table.text()
        try PrintedText.check(text, "a table")
        try BrokenPromise.unless(
            text.utf8.count { $0 == 0x0A } == rows + 1, "a table has a line for each row", text.debugDescription)
    }

    /// Faults anywhere in a source of any bytes, and secrets that stay hidden.
    private static func diagnostics(_ parts: inout InputParts) throws(BrokenPromise) {
        func mark() -> SourceMark { SourceMark(line: parts.number(below: 16) + 1, column: Int(parts.byte()) + 1) }
        func span() -> SourceSpan {
            let (one, other) = (mark(), mark())
            return SourceSpan(start: min(one, other), end: max(one, other))
        }
        let fault = Diagnostic(.wrongType, at: span(), path: .root, parts.text())
        let secret = span()
        let source = SourceText(parts.remainder())
        let text = DiagnosticText(fileName: "f", source: source, secrets: [secret]).render([fault])
        try PrintedText.check(text, "a diagnostic")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let hasExcerpt = source.line(fault.span.start.line).map { !$0.isEmpty } ?? false
        try BrokenPromise.unless(
            lines.count == (hasExcerpt ? 3 : 1), "a diagnostic has its line and that of the source",
            text.debugDescription)
        // All of the source is secret: then no letter of it is left.
        let everything = SourceSpan(start: .start, end: SourceMark(line: .max, column: .max))
        let hidden = DiagnosticText(fileName: "f", source: source, secrets: [everything]).render([fault])
        guard hasExcerpt, let excerpt = hidden.split(separator: "\n").dropFirst().first else { return }
        let shown = excerpt.drop { $0 != "|" }.dropFirst(2)
        try BrokenPromise.unless(
            shown.allSatisfy { $0 == "*" || $0 == "…" }, "a secret line is not shown", hidden.debugDescription)
    }
}
