import ConfigModel
import Foundation
import StatusServer
import Testing

@testable import Supervisor
@testable import SupervisorCore

struct StatusSnapshotTests {
    /// The page, read by a JSON reader that is not Knell's own.
    private func document(_ snapshot: StatusSnapshot) throws -> [String: Any] {
        let answer = snapshot.answer(to: .status)
        #expect(answer.status == 200 && answer.contentType == .json)
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test func tellsOfTheRun() throws {
        let document = try document(.example())
        #expect(document["version"] as? String == "1.2.3")
        #expect(document["startedAt"] as? String == "2026-11-25T13:36:54.985Z")
        #expect(document["uptimeMs"] as? Int == 5_250)
        #expect(document["dryRun"] as? Bool == false)
        #expect(
            document["plan"] as? NSDictionary == ["onTerminate": "drain", "terminationTimeout": "8s", "rules": 3])
        #expect(document["termination"] as? NSDictionary == ["state": "draining", "remainingMs": 5_000])
        #expect(
            document["lastReload"] as? NSDictionary == [
                "result": "rejected", "time": "2026-11-25T12:00:08.000Z", "error": "1 fault",
                "note": "the old one stays",
            ])
    }

    @Test func tellsOfEveryRule() throws {
        let rules = try #require(try document(.example())["rules"] as? [[String: Any]])
        #expect(rules.map { $0["rule"] as? String } == ["first", "second", "third"])
        #expect(rules.map { $0["state"] as? String } == ["finished", "acting", "waiting"])
        #expect(rules.map { $0["outcome"] as? String } == ["failed", "failed", nil])
        #expect(rules.map { $0["exitCode"] as? Int } == [1, nil, nil])
        #expect(rules.map { $0["since"] as? String } == ["2026-11-25T12:00:04.000Z", "2026-11-25T12:00:03.000Z", nil])
        #expect(rules[1]["current"] as? NSDictionary == ["action": "0/sleep", "attempt": 1, "step": "sleeping"])
        let failed = try #require(rules[0]["failed"] as? [NSDictionary])
        #expect(failed == [["action": "0/touch", "error": "the disk is \"full\""]])
        #expect(rules[1]["failed"] == nil && rules[0]["current"] == nil)
    }

    @Test func namesSomeProcessesAndCountsAll() throws {
        let rules = try #require(try document(.example())["rules"] as? [[String: Any]])
        let targets = try #require(rules[2]["targets"] as? [[String: Any]])
        #expect(targets.map { $0["phase"] as? String } == ["present", "unseen"])
        #expect(targets.map { $0["alive"] as? Int } == [20, 0])
        let processes = try #require(targets[0]["processes"] as? [NSDictionary])
        #expect(processes.count == StatusSnapshot.namedProcesses)
        #expect(processes.first == ["pid": 100, "name": "n100"])
    }

    @Test func isHealthyBecauseItIsThere() throws {
        #expect(try StatusSnapshot.example().answer(to: .health) == StatusAnswer(body: "ok\n"))
    }

    @Test func isReadyOnceNoRuleWaits() throws {
        let example = try StatusSnapshot.example()
        #expect(example.answer(to: .readiness) == StatusAnswer(status: 503, body: "third\n"))
        let run = RunStatus(
            onTerminate: .drain, terminationTimeout: .zero, termination: .none,
            rules: Array(example.run.rules.dropLast()))
        let ready = StatusSnapshot(
            identity: example.identity, uptime: .zero, now: example.now, run: run, command: nil, tally: Tally(),
            droppedLines: 0)
        #expect(ready.answer(to: .readiness) == StatusAnswer(body: "ok\n"))
        let waiting = StatusSnapshot(
            identity: example.identity, uptime: .zero, now: example.now, run: run,
            command: StatusSnapshot.Command(state: .waiting, pid: nil, status: nil), tally: Tally(), droppedLines: 0)
        #expect(waiting.answer(to: .readiness) == StatusAnswer(status: 503, body: "the command\n"))
    }

    // MARK: Documentation

    /// Every key with the way to it, such as `rules[].targets[].alive`.
    private func keys(in value: Any, below path: String = "") -> Set<String> {
        switch value {
        case let object as [String: Any]:
            object.reduce(into: []) { keys, member in
                let place = path.isEmpty ? member.key : "\(path).\(member.key)"
                let below = self.keys(in: member.value, below: place)
                // A list without elements shows none of their keys.
                let isList = member.value is [Any]
                keys.formUnion(below.isEmpty && !isList ? [place] : below)
            }
        case let array as [Any]:
            array.reduce(into: []) { $0.formUnion(keys(in: $1, below: path + "[]")) }
        default: []
        }
    }

    @Test func theDocumentationListsEveryKey() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../../docs/status.md")
        let lines = try String(contentsOf: root, encoding: .utf8).components(separatedBy: "\n")
        let section = lines.drop { $0 != "## /status" }.dropFirst().prefix { !$0.hasPrefix("## ") }
        let rows = section.filter { $0.hasPrefix("| `") }.map { String($0.dropFirst(3).prefix { $0 != "`" }) }
        #expect(rows.sorted() == keys(in: try document(.example())).sorted())
    }
}
