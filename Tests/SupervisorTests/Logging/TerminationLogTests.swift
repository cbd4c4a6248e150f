import ConfigModel
import Foundation
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Supervisor

struct TerminationLogTests {
    /// What comes of rules that all fail by the start timeout, each with this many actions that fail.
    private func verdict(rules: Int, actions: Int, reasonLength: Int) throws -> Verdict {
        let list = Array(repeating: "touch: /x", count: actions).joined(separator: ", ")
        let text = (0..<rules).map { rule in
            "  - {name: rule-\(rule), watch: {processes: [{name: x}], startTimeout: 1ms}, actions: [\(list)]}\n"
        }
        let plan = try Plan.parsing("version: 1\nrules:\n" + text.joined())
        var engine = Engine(plan: plan, seed: 1, at: Instant(nanoseconds: 0))
        let later = Instant(nanoseconds: 1_000_000_000)
        var queue = engine.handle(.started, at: later)
        let reason = String(repeating: "ß", count: reasonLength)
        while let effect = queue.first {
            queue.removeFirst()
            switch effect {
            case .scan: queue += engine.handle(.scanned(ScanResult()), at: later)
            case .start(let attempt, _):
                queue += engine.handle(
                    .attemptFinished(attempt, .failed(reason: reason, isTransient: false)), at: later)
            case .watch, .unwatch, .cancel, .awaitGone, .stopAwaitingGone, .log: break
            }
        }
        return try #require(engine.verdict)
    }

    private func object(_ text: String) throws -> [String: Any] {
        #expect(text.last == "\n" && text.filter { $0 == "\n" }.count == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func tellsEverythingWhereItFits() throws {
        let verdict = try verdict(rules: 2, actions: 1, reasonLength: 3)
        let object = try object(TerminationLog.text(of: verdict, isDryRun: true))
        #expect(object["exitCode"] as? Int == 1)
        #expect(object["reason"] as? String == "finished")
        #expect(object["dryRun"] as? Bool == true)
        let rules = try #require(object["rules"] as? [[String: Any]])
        #expect(rules.map { $0["rule"] as? String } == ["rule-0", "rule-1"])
        #expect(rules[0]["state"] as? String == "finished")
        #expect(rules[0]["outcome"] as? String == "notStarted")
        let failures = try #require(rules[0]["failed"] as? [[String: String]])
        #expect(failures == [["action": "0/touch", "error": "ßßß"]])
    }

    @Test(arguments: [(1, 1, 5_000), (8, 8, 100), (64, 30, 1_000), (64, 0, 0)])
    func isOneLineOfAtMost4096Bytes(rules: Int, actions: Int, reasonLength: Int) throws {
        let text = TerminationLog.text(
            of: try verdict(rules: rules, actions: actions, reasonLength: reasonLength), isDryRun: false)
        #expect(text.utf8.count <= 4_096)
        #expect(try object(text)["exitCode"] as? Int == 1)
        #expect(try object(text)["reason"] as? String == "finished")
    }

    @Test func namesAsManyRulesAsFitAndCountsTheOthers() throws {
        let verdict = try verdict(rules: 64, actions: 30, reasonLength: 1_000)
        let object = try object(TerminationLog.text(of: verdict, isDryRun: false))
        let rules = try #require(object["rules"] as? [[String: Any]])
        let omitted = try #require(object["omittedRules"] as? Int)
        #expect(object["truncated"] as? Bool == true)
        #expect(rules.count > 30)
        #expect(rules.count + omitted == 64)
        #expect(rules.first?["rule"] as? String == "rule-0")
        #expect(rules.first?["exitCode"] as? Int == 1)
    }

    @Test func overwritesWhatWasThere() throws {
        let path = NSTemporaryDirectory() + "/knell-verdict-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 0x78, count: 10_000).write(to: URL(fileURLWithPath: path))
        try TerminationLog.write(try verdict(rules: 1, actions: 0, reasonLength: 0), isDryRun: false, to: path)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(try object(text)["exitCode"] as? Int == 1)
    }

    @Test(arguments: [("/nowhere/at/all", ENOENT), ("/", EISDIR), ("/dev/full", ENOSPC)])
    func saysWhyItCannotBeWritten(path: String, code: Int32) throws {
        let verdict = try verdict(rules: 1, actions: 0, reasonLength: 0)
        let fault = try #require(throws: SystemCallError.self) {
            try TerminationLog.write(verdict, isDryRun: false, to: path)
        }
        #expect(fault.errno == code)
        #expect(fault.subject == path)
    }
}
