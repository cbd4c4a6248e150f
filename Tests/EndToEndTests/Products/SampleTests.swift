import Foundation
import TestSupport
import Testing

/// Every sample runs in a dry run, and ends in order.
@Suite(.timeLimit(.minutes(10)))
struct SampleTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("samples").path

    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    @Test func areThere() { #expect(Self.names.contains("demo.yaml")) }

    @Test(arguments: names) func runsAndEndsInOrder(sample: String) throws {
        let text = try String(contentsOfFile: "\(Self.directory)/\(sample)", encoding: .utf8)
        let knell = try KnellRun(text, options: ["--dry-run"], environment: Self.variables(in: text).map { "\($0)=1" })
        try knell.await("run.started")
        knell.process.kill(SIGTERM)
        try knell.await("signal.received", ["signal": "SIGTERM"])
        // The first may have been enough.
        knell.process.kill(SIGTERM)
        let code = try knell.exitCode()
        let end = try #require(knell.events.last)
        #expect(end.name == "run.finished")
        #expect(end["exitCode"] == Int(code))
        #expect(knell.events.allSatisfy { $0.description.contains("\"dryRun\":true") })
    }

    /// The environment variables that a configuration speaks of.
    private static func variables(in text: String) -> [String] {
        let references = text.matches(of: /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/).map { String($0.1) }
        return references + text.matches(of: /fromEnv: *([A-Za-z_][A-Za-z0-9_]*)/).map { String($0.1) }
    }
}
