import ConfigModel
import Foundation
import LinuxProcesses
import Presentation
import TestSupport
import Testing

@testable import Supervisor

/// How a report looks; what is in it is the census's to test.
struct MatchReportTests {
    private static let configuration = """
        version: 1
        rules:
          - name: stop
            watch:
              processes:
                - {name: ^airflow$, user: 50000}
                - {name: ^CLOUD, ignoreCase: true}
                - {name: ^nobody$}
            actions:
              - signal: {process: {name: '^pause$'}, signal: SIGTERM}
                thenGone: {within: 1s}
              - touch: /shared/done
                thenGone: {process: {name: '^half$'}, within: 1s}
              - signal: {pid: 17, signal: SIGTERM}
                thenGone: {process: {name: '^nobody$'}, within: 1s}
        """

    private static func report(_ text: String = configuration, proc: String = "proc-pod") throws -> MatchReport {
        let file = #filePath
        let tests = file[..<(file.range(of: "/SupervisorTests")?.lowerBound ?? file.endIndex)]
        return try Matcher(plan: try Plan.parsing(text), procRoot: "\(tests)/LinuxProcessesTests/Fixtures/\(proc)")
            .look()
    }

    @Test func showsWhatMatchesAndWhatAlmostDoes() throws {
        #expect(
            try Self.report().text() == """
                RULE  TARGET             SELECTOR                        PID  NAME             USER   STARTED
                stop  0                  name: ^airflow$, user: 50000    7    airflow          50000  5s ago
                stop  1                  name: ^CLOUD, ignoreCase: true  23   cloud-sql-proxy  65532  tick 2300
                stop  2                  name: ^nobody$                  -    nothing matches
                stop  0/signal           name: ^pause$                   1    pause            65535  11s ago
                stop  1/touch thenGone   name: ^half$                    64   half             0      tick 6400
                stop  2/signal thenGone  name: ^nobody$                  -    nothing matches

                Almost matched:
                RULE  TARGET  PID  NAME                      USER   WHY NOT
                stop  0       19   airflow                   50000  zombie: it has ended and only waits to be reaped
                stop  0       12   airflow task supervisor:  50000  only "^" or "$" keeps name from matching
                stop  0       42   airflow                   0      user is 0, not 50000

                1 of 3 targets matches nothing

                """)
    }

    @Test func showsCommandLinesOnDemandOnly() throws {
        let report = try Self.report()
        #expect(!report.text().contains("tasks run"))
        #expect(!report.json().compact.contains("tasks run"))
        #expect(
            report.text(showsCommandLines: true).contains(
                "  /usr/local/bin/python /home/airflow/.local/bin/airflow tasks run"))
        #expect(report.json(showsCommandLines: true).compact.contains("tasks run etl load\""))
    }

    @Test func tellsProgramsTheSame() throws {
        let json = try Self.report().json().compact
        #expect(json.hasPrefix(#"{"everyTargetMatches":false,"selectors":[{"rule":"stop","target":0,"#))
        #expect(json.contains(#""selector":{"name":"^CLOUD","ignoreCase":true}"#))
        #expect(
            json.contains(
                #""matches":[{"pid":7,"name":"airflow","uid":50000,"parentPid":0,"startTicks":700,"ageMs":5500}]"#))
        #expect(json.contains(#""reasons":[{"code":"zombie","text":""#))
        #expect(json.contains(#""reasons":[{"code":"otherUser","condition":"user","text":"user is 0, not 50000"}]"#))
        #expect(json.contains(#"{"rule":"stop","action":"1/touch","use":"thenGone","selector":{"name":"^half$"}"#))
        #expect(json.hasSuffix(#""warnings":[]}"#))
    }

    @Test(
        arguments: [
            (["^airflow$"], "the target is matched"), (["^nobody$"], "the target matches nothing"),
            (["^airflow$", "^pause$"], "all 2 targets are matched"),
            (["^airflow$", "x{9}"], "1 of 2 targets matches nothing"),
            (["y{9}", "x{9}"], "2 of 2 targets match nothing"),
        ])
    func sumsUp(names: [String], summary: String) throws {
        let selectors = names.map { "{name: '\($0)'}" }.joined(separator: ", ")
        let report = try Self.report("version: 1\nrules: [{name: r, watch: {processes: [\(selectors)]}}]")
        #expect(report.text().hasSuffix("\n\(summary)\n"))
        #expect(report.text(style: TerminalStyle(isColoured: true)).hasSuffix("m\(summary)\u{1B}[0m\n"))
    }

    @Test func capsTheNearMissesForPeople() throws {
        let report = try Self.report("version: 1\nrules: [{name: r, watch: {processes: [{name: '.', user: 1}]}}]")
        let misses = report.text().split(separator: "\n").filter { $0.hasSuffix("not 1") }
        #expect(misses.count == MatchReport.shownNearMisses)
        let all = report.entries[0].result.nearMisses.count
        #expect(report.text().contains("\nr 0: \(all - misses.count) more, which --format json lists\n"))
    }

    @Test func sparesPeopleWhatIsHardlyNearWhereSomethingMatches() throws {
        // 12 has the name and another command line, 42 too.
        let near = "{name: ^airflow, commandLine: '%'}"
        func text(_ commandLine: String) throws -> String {
            let selector = near.replacingOccurrences(of: "%", with: commandLine)
            return try Self.report("version: 1\nrules: [{name: r, watch: {processes: [\(selector)]}}]").text()
        }
        #expect(try text("nothing").contains("commandLine does not match"))
        let matched = try text("tasks run etl")
        #expect(matched.contains("  7    airflow  50000"))
        #expect(!matched.contains("commandLine does not match"))
        #expect(matched.contains("\nr 0: 2 more, which --format json lists\n"))
    }

    @Test func noTextMakesATableAsWideAsItLikes() throws {
        let pattern = "^(" + String(repeating: "a", count: 300) + "|half)$"
        let report = try Self.report("version: 1\nrules: [{name: r, watch: {processes: [{name: '\(pattern)'}]}}]")
        let row = try #require(report.text().split(separator: "\n").first { $0.contains(" half ") })
        #expect(row.contains("name: ^(" + String(repeating: "a", count: 51) + "…  64"))
        #expect(report.json().compact.contains(String(repeating: "a", count: 300)))
    }

    @Test func warnsOfWhatItCannotSee() throws {
        let report = try Self.report()
        let warned = MatchReport(entries: report.entries, clock: report.clock, namespace: .pidOne)
        #expect(warned.warnings == [NamespaceCheck.pidOne.warning])
        #expect(warned.json().compact.contains("shareProcessNamespace: true"))
    }

    @Test(
        arguments: [
            (0, "0s"), (59_999, "59s"), (60_000, "1m 0s"), (3_599_000, "59m 59s"), (8_040_000, "2h 14m"),
            (86_400_000, "1d 0h"), (1_047_600_000, "12d 3h"),
        ] as [(Int64, String)])
    func givesAgesInTwoUnits(milliseconds: Int64, text: String) {
        #expect(MatchReport.ageText(milliseconds: milliseconds) == text)
    }
}
