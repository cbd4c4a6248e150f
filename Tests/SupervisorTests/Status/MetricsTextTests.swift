import StatusServer
import SupervisorCore
import Testing

@testable import Supervisor

struct MetricsTextTests {
    private func lines() throws -> [Substring] {
        let answer = try StatusSnapshot.example().answer(to: .metrics)
        #expect(answer.contentType.rawValue == "text/plain; version=0.0.4; charset=utf-8")
        return answer.body.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test(arguments: [
        "knell_build_info{version=\"1.2.3\"} 1", "process_start_time_seconds 1795613814.985", "knell_dry_run 0",
        "knell_rule_state{rule=\"second\",state=\"acting\"} 1",
        "knell_rule_state{rule=\"second\",state=\"waiting\"} 0",
        "knell_rules_fired_total{rule=\"first\",outcome=\"failed\"} 1",
        "knell_rules_fired_total{rule=\"third\",outcome=\"failed\"} 0",
        "knell_targets_alive{rule=\"third\",target=\"0\"} 20", "knell_targets_alive{rule=\"third\",target=\"1\"} 0",
        "knell_target_exits_total{rule=\"first\",status=\"failed\"} 1",
        "knell_target_exits_total{rule=\"third\",status=\"failed\"} 0",
        "knell_actions_total{rule=\"first\",result=\"failed\"} 1",
        "knell_actions_total{rule=\"second\",result=\"succeeded\"} 0",
        "knell_action_retries_total{rule=\"first\"} 0",
        "knell_action_duration_seconds_sum{rule=\"first\"} 0.0",
        "knell_action_duration_seconds_count{rule=\"first\"} 1",
        "knell_scans_total 6", "knell_scan_failures_total 0", "knell_config_reloads_total{result=\"rejected\"} 1",
        "knell_config_reloads_total{result=\"reloaded\"} 0", "knell_signals_total{signal=\"SIGTERM\"} 1",
        "knell_signals_total{signal=\"SIGHUP\"} 0", "knell_log_lines_dropped_total 4",
    ])
    func holds(sample: String) throws {
        #expect(try lines().contains { $0 == sample })
    }

    @Test func endsWithALineEnd() throws {
        #expect(try lines().last == "")
    }

    @Test func namesNoSeriesTwice() throws {
        let series = try lines().filter { !$0.hasPrefix("#") && !$0.isEmpty }.map { $0.prefix { $0 != " " } }
        #expect(Set(series).count == series.count)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\"b", "a\\\"b"), ("a\\b", "a\\\\b"), ("a\nb", "a\\nb"), ("é{},=", "é{},="),
    ])
    func escapesLabels(value: String, escaped: String) throws {
        #expect(MetricsText.escaped(value) == escaped)
    }
}
