import Foundation
import TestSupport
import Testing

/// `/metrics`, as the parser of Prometheus's own Python client reads it.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled(if: TestTools.areExpected, Comment(rawValue: TestTools.absence)))
struct MetricsTests {
    /// A sample, by its name and labels in one text such as `knell_x_total{rule="r"}`.
    private struct Page {
        struct Family {
            let type: String
            let help: String
            let labels: Set<String>
        }

        let families: [String: Family]
        let samples: [String: Double]
    }

    private static let script = """
        import json, sys
        from prometheus_client.parser import text_string_to_metric_families
        families, samples = {}, {}
        for family in text_string_to_metric_families(sys.stdin.read()):
            name = family.name + ("_total" if family.type == "counter" else "")
            assert name not in families, name
            labels = set()
            for sample in family.samples:
                labels.update(sample.labels)
                key = sample.name + "".join(f",{k}={v}" for k, v in sorted(sample.labels.items()))
                assert key not in samples, key
                samples[key] = sample.value
            families[name] = {"type": family.type, "help": family.documentation, "labels": sorted(labels)}
        print(json.dumps({"families": families, "samples": samples}))
        """

    private func page(_ port: UInt16) throws -> Page {
        let answer = try RawClient(port: port).get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let python = try ChildProcess(
            TestTools.path(of: "python"), ["-c", Self.script], environment: Knell.environment, capturesError: true)
        try python.send(answer.body)
        python.closeInput()
        let (output, errors) = (try python.readToEnd(), try python.readToEnd(from: .standardError))
        let isParsed = try python.wait() == 0
        #expect(isParsed, "\(errors)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        let families = try #require(object["families"] as? [String: [String: Any]])
        return Page(
            families: families.mapValues { family in
                Page.Family(
                    type: family["type"] as? String ?? "", help: family["help"] as? String ?? "",
                    labels: Set(family["labels"] as? [String] ?? []))
            }, samples: try #require(object["samples"] as? [String: Double]))
    }

    private func run(_ main: Target, _ server: ScriptedServer) throws -> KnellRun {
        try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{http: {url: 'http://127.0.0.1:\(server.port)/'}, retry: {delay: 1ms}}",
                    "{touch: /nowhere/at/all, onFailure: ignore}", "{touch: /nowhere/at/all, when: [succeeded]}",
                    "sleep: 5m",
                ]), options: ["--status-listen", "127.0.0.1:0"])
    }

    @Test func followsTheRulesOfNaming() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try run(main, server)
        let page = try page(try knell.statusPort())
        #expect(page.families.count >= 15)
        for (name, family) in page.families {
            #expect(name.hasPrefix("knell_") || name.hasPrefix("process_"), "\(name)")
            #expect(!family.help.isEmpty, "\(name)")
            #expect(["counter", "gauge", "summary"].contains(family.type), "\(name) is a \(family.type)")
            #expect((family.type == "counter") == name.hasSuffix("_total"), "\(name) is a \(family.type)")
            // Base units only.
            for unit in ["milli", "micro", "minutes", "_ms", "kilo"] { #expect(!name.contains(unit), "\(name)") }
        }
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
    }

    @Test func countsWhatHappens() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(503), .answer(200)]))
        let knell = try run(main, server)
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        let before = try page(port).samples
        #expect(before["knell_rule_state,rule=r,state=watching"] == 1)
        #expect(before["knell_targets_alive,rule=r,target=0"] == 1)
        #expect(before["knell_build_info,version=0.1.0"] == 1)
        let start = try #require(before["process_start_time_seconds"])
        #expect(abs(Date().timeIntervalSince1970 - start) < 120)
        // Every counter is there before anything happens.
        for (key, value) in before where key.contains("_total") && !key.contains("scans") {
            #expect(value == 0, "\(key)")
        }
        knell.process.kill(SIGHUP)
        try main.obey("exit 3")
        try knell.await("action.started", ["action": "3/sleep"])
        let after = try page(port).samples
        let expected = [
            "knell_rule_state,rule=r,state=watching": 0, "knell_rule_state,rule=r,state=acting": 1,
            "knell_targets_alive,rule=r,target=0": 0, "knell_target_exits_total,rule=r,status=failed": 1,
            "knell_target_exits_total,rule=r,status=succeeded": 0, "knell_rules_fired_total,outcome=failed,rule=r": 1,
            "knell_actions_total,result=succeeded,rule=r": 1, "knell_actions_total,result=failed,rule=r": 1,
            "knell_actions_total,result=skipped,rule=r": 1, "knell_action_retries_total,rule=r": 1,
            "knell_action_duration_seconds_count,rule=r": 2, "knell_signals_total,signal=SIGHUP": 1,
            "knell_signals_total,signal=SIGTERM": 0, "knell_scan_failures_total": 0,
            "knell_log_lines_dropped_total": 0,
        ]
        for (key, value) in expected { #expect(after[key] == Double(value), "\(key)") }
        #expect(Set(before.keys) == Set(after.keys))
        #expect(try #require(after["knell_scans_total"]) > 0)
        #expect(try #require(after["knell_action_duration_seconds_sum,rule=r"]) > 0)
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
    }

    @Test func isWhatTheDocumentationLists() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try run(main, server)
        let page = try page(try knell.statusPort())
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/status.md")
        let rows = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
            .filter { $0.hasPrefix("| `knell_") || $0.hasPrefix("| `process_") }
        var listed: [String: String] = [:]
        for row in rows {
            let cells = row.components(separatedBy: "|").map { $0.trimmingCharacters(in: [" ", "`"]) }
            try #require(cells.count >= 5, "\(row)")
            listed[cells[1]] = "\(cells[2]) \(cells[3].components(separatedBy: "`, `").sorted())"
        }
        let printed = page.families.mapValues { family in
            "\(family.type) \(family.labels.isEmpty ? [""] : family.labels.sorted())"
        }
        #expect(listed == printed)
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
    }
}
