import ConfigModel
import TestSupport
import Testing

@testable import Authoring

/// The flowchart: every line has one of the forms of Mermaid's grammar, and every node that is spoken of is there.
struct DiagramTests {
    private static let hostile = """
        version: 1
        rules:
          - name: end
            watch:
              processes:
                - {name: 'a"];%% x <b>(y)`$$'}
                - {commandLine: 'direction TB style:#1; |-->{2}', user: end}
              startTimeout: 1s
              onStartTimeout: skip
            gracePeriod: 3s
            repeat: true
            actions:
              - exec: {command: ['/bin/"x"; end', b]}
                onFailure: stop
              - touch: "/run/\\u202Ea\\u0007"
              - {sleep: 1s, when: [failed, unknown]}
          - name: style
            watch: {processes: [{name: ^x$}], until: anyEnded}
            final: true
        """

    private static let plain = """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: ^main$}], startTimeout: 1m}
            actions: [{shutdown: istio}, {shutdown: linkerd}]
        """

    private static func diagram(_ yaml: String) throws -> [String] {
        let environment = ConfigurationEnvironment(variable: { _ in nil }, userID: { _ in nil }, allowsUndefined: true)
        let reading = ConfigurationReading(Array(yaml.utf8), environment: environment)
        guard let plan = reading.plan, let configuration = reading.configuration else {
            throw CheckFailure(reading.render(fileName: "test.yaml"))
        }
        return Explanation(plan, of: configuration).mermaid.split(separator: "\n").map(String.init)
    }

    @Test(arguments: [plain, hostile]) func hasLinesOfTheGrammarOnly(yaml: String) throws {
        let lines = try Self.diagram(yaml)
        #expect(lines.first == "flowchart TD")
        let label = #/"([\p{L}\p{N} .,:/=-]|#\d+;)+"/#
        var nodes: Set<String> = []
        var ends: [(from: String, to: String)] = []
        for line in lines.dropFirst() {
            var rest = line
            for match in line.matches(of: label).reversed() { rest.replaceSubrange(match.range, with: "_") }
            if let node = rest.wholeMatch(of: #/    (r\d+[a-z]+\d*)(\(\[_\]\)|\[_\])/#) {
                #expect(nodes.insert(String(node.1)).inserted, "\(line)")
            } else if let edge = rest.wholeMatch(of: #/    (r\d+[a-z]+\d*) -->(\|_\|)? (r\d+[a-z]+\d*)/#) {
                ends.append((String(edge.1), String(edge.3)))
            } else {
                #expect(rest.wholeMatch(of: #/  subgraph r\d+ \[_\]|  end/#) != nil, "\(line)")
            }
        }
        #expect(Set(ends.flatMap { [$0.from, $0.to] }) == nodes)
        #expect(lines.count { $0.hasPrefix("  subgraph") } == lines.count { $0 == "  end" })
    }

    @Test func drawsTheLifeOfARule() throws {
        let lines = try Self.diagram(Self.plain).map { $0.drop { $0 == " " } }
        #expect(
            lines == [
                "flowchart TD",
                "subgraph r0 [\"rule r\"]",
                "r0waiting([\"waiting for name: #94;main#36;\"])",
                "r0watching([\"watching\"])",
                "r0waiting -->|\"a process was seen\"| r0watching",
                "r0watching -->|\"all have ended\"| r0action0",
                "r0waiting -->|\"nothing seen in 1m: notStarted\"| r0action0",
                "r0action0[\"0/shutdown: istio: POST http://127.0.0.1:15020/quitquitquit\"]",
                "r0action0 --> r0action1",
                "r0action1[\"1/shutdown: linkerd: POST http://127.0.0.1:4191/shutdown\"]",
                "r0action1 --> r0finished",
                "r0finished([\"finished: ended 0, action failed 1, not started 1, terminated 0\"])",
                "end",
            ])
    }
}
