import Foundation
import TestSupport
import Testing

/// What docs/match.md shows is what happens.
@Suite(.timeLimit(.minutes(10)))
struct MatchDocumentationTests {
    /// The snippet behind the line `<!-- shown NAME -->`.
    private static func snippet(_ name: String) throws -> String {
        let page = try String(contentsOfProc: "\(Repository.root)/docs/match.md")
        let parts = page.components(separatedBy: "<!-- shown \(name) -->\n```")
        let body = try #require(parts.count == 2 ? parts[1].components(separatedBy: "\n```\n").first : nil)
        return body.split(separator: "\n", maxSplits: 1).dropFirst().joined() + "\n"
    }

    @Test func theTablesAreThoseOfTheRecordedPod() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(try Self.snippet("configuration"), to: "knell.yaml")
        let completion = try Knell.run(["match", file, "--proc-root", Repository.proc("proc-pod")])
        #expect(completion.output == (try Self.snippet("tables")))
        #expect(completion.exitCode == 1)
    }

    @Test func whatIsRecordedCanBeLookedAt() throws {
        let (directory, target) = (try TemporaryDirectory(), try Target())
        let recording = try ChildProcess(
            "/bin/sh", ["-c", "cd \"$1\"; \(try Self.snippet("recording"))", "sh", directory.path])
        recording.closeInput()
        try recording.wait()
        let file = try directory.write(configuration(watching: target.name), to: "knell.yaml")
        let completion = try Knell.run(["match", file, "--proc-root", directory.file("proc"), "--format", "json"])
        #expect(completion.exitCode == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(completion.output.utf8)) as? [String: Any])
        let match = try #require(
            ((object["selectors"] as? [[String: Any]])?.first?["matches"] as? [[String: Any]])?.first)
        #expect(match["pid"] as? Int == Int(target.pid))
        #expect(match["started"] is String)
        #expect(match["ageMs"] is Int)
    }
}
