import Foundation
import Testing

/// The walk-through of docs/simulate.md: its files, run by the binary, print what the page shows.
///
/// With `UPDATE_GOLDEN=1` in the environment what is shown is written instead of compared.
@Suite(.timeLimit(.minutes(10)))
struct SimulateDocumentationTests {
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/simulate.md").standardizedFileURL

    @Test func everyShownOutputIsWhatTheCommandPrints() throws {
        let directory = try TemporaryDirectory()
        var lines = try String(contentsOf: Self.page, encoding: .utf8).components(separatedBy: "\n")
        var index = 0
        var outputs = 0
        while index < lines.count {
            defer { index += 1 }
            guard lines[index].hasPrefix("<!-- "), let colon = lines[index].firstIndex(of: ":"),
                index + 1 < lines.count, lines[index + 1].hasPrefix("```")
            else { continue }
            let kind = lines[index].dropFirst(5).prefix { $0 != ":" }
            let value = String(lines[index][colon...].dropFirst(2).dropLast(4))
            let start = index + 2
            let end = try #require(lines[start...].firstIndex(of: "```"))
            switch kind {
            case "file": try directory.write(lines[start..<end].map { $0 + "\n" }.joined(), to: value)
            case "output", "errors":
                let words = value.split(separator: " ").dropFirst().map(String.init)
                let arguments = words.map { $0.hasSuffix(".yaml") ? directory.file($0) : $0 }
                let completion = try Knell.run(arguments)
                let text = (kind == "output" ? completion.output : completion.errors)
                    .replacingOccurrences(of: directory.path + "/", with: "")
                let printed = text.components(separatedBy: "\n").dropLast()
                if Self.isUpdating {
                    lines.replaceSubrange(start..<end, with: printed)
                } else {
                    #expect(Array(lines[start..<end]) == Array(printed), "line \(start + 1)")
                }
                outputs += 1
            default: Issue.record("line \(index + 1): what is \"\(kind)\"?")
            }
        }
        #expect(outputs == 3)
        if Self.isUpdating { try lines.joined(separator: "\n").write(to: Self.page, atomically: true, encoding: .utf8) }
    }
}
