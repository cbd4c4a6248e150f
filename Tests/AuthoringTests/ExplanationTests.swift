import ConfigModel
import Presentation
import TestSupport
import Testing

@testable import Authoring
@testable import SupervisorCore

/// The explanation of a configuration, apart from its layout.
struct ExplanationTests {
    private static let environment = ConfigurationEnvironment(
        variable: { $0 == "SECRET" ? "value-of-variable" : nil }, userID: { _ in 7 })

    private static func explain(_ yaml: String) throws -> Explanation {
        let reading = ConfigurationReading(Array(yaml.utf8), environment: environment)
        guard let plan = reading.plan, let configuration = reading.configuration else {
            throw CheckFailure(reading.render(fileName: "test.yaml"))
        }
        return Explanation(plan, of: configuration)
    }

    // MARK: Defaults

    private static let allLeftOut = """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: ^main$}]}
            actions:
              - http: {url: 'https://h/', tls: {}}
              - signal: {process: {name: ^x$}}
                thenGone: {within: 1s}
              - touch: /a
              - shutdown: istio
        """

    private static let allWritten = """
        version: 1
        onTerminate: drain
        terminationTimeout: 25s
        rules:
          - name: r
            watch: {processes: [{name: ^main$, ignoreCase: false}], until: allEnded, onStartTimeout: run}
            gracePeriod: 0s
            actions:
              - http:
                  url: 'https://h/'
                  method: POST
                  headers: {}
                  body: ''
                  expectStatus: [2xx]
                  whenRefused: fail
                  whenDropped: fail
                  tls: {insecureSkipVerify: false}
                timeout: 5s
                retry: &retry {attempts: 3, delay: 500ms, maxDelay: 10s}
                when: &all [succeeded, unknown, failed, notStarted, terminated]
                onFailure: continue
              - signal: {process: {name: ^x$, ignoreCase: false}, signal: SIGTERM}
                timeout: 5s
                retry: &once {attempts: 1, delay: 500ms, maxDelay: 10s}
                when: *all
                onFailure: continue
                thenGone: {process: {name: ^x$, ignoreCase: false}, within: 1s}
              - touch: {path: /a, createDirectories: false, mode: '0644'}
                timeout: 5s
                retry: *once
                when: *all
                onFailure: continue
              - shutdown: {preset: istio, port: 15020, host: 127.0.0.1}
                timeout: 5s
                retry: *retry
                when: *all
                onFailure: continue
            exitCode: {ended: 0, actionFailed: 1, notStarted: 1, terminated: 0}
            final: false
            repeat: false
        """

    /// All lists under `defaults`, from the outside to the inside.
    private static func defaults(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let object):
            object.members.flatMap { $0.key == "defaults" ? [$0.value] : defaults($0.value) }
        case .array(let values): values.flatMap(defaults)
        case .null, .boolean, .integer, .string: []
        }
    }

    /// The value with every list under `defaults` emptied.
    private static func withoutDefaults(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, $0.key == "defaults" ? .array([]) : withoutDefaults($0.value)) }))
        case .array(let values): .array(values.map(withoutDefaults))
        case .null, .boolean, .integer, .string: value
        }
    }

    @Test func aFileThatWritesEverythingHasNoDefaultsAndMeansTheSame() throws {
        let (short, long) = (try Self.explain(Self.allLeftOut), try Self.explain(Self.allWritten))
        #expect(Self.defaults(long.json).allSatisfy { $0 == .array([]) })
        #expect(Self.withoutDefaults(short.json) == Self.withoutDefaults(long.json))
        #expect(!long.text(fileName: "x").contains("(default)"))
    }

    @Test func whatIsLeftOutIsMarked() throws {
        let explanation = try Self.explain(Self.allLeftOut)
        let names = Self.defaults(explanation.json).flatMap { list -> [String] in
            guard case .array(let values) = list else { return [] }
            return values.compactMap { if case .string(let name) = $0 { name } else { nil } }
        }
        #expect(
            Set(names) == [
                "onTerminate", "terminationTimeout", "until", "onStartTimeout", "gracePeriod", "ended", "actionFailed",
                "notStarted", "terminated", "final", "repeat", "ignoreCase", "method", "expectStatus", "whenRefused",
                "whenDropped", "insecureSkipVerify", "timeout", "attempts", "delay", "maxDelay", "when", "onFailure",
                "process", "signal", "createDirectories", "mode", "port", "host",
            ])
        let style = TerminalStyle(isColoured: true)
        #expect(
            explanation.text(fileName: "x", style: style).contains("\u{1B}[2m0s (default)\u{1B}[0m: the actions begin"))
    }

    // MARK: Secrets

    private static let secretive = """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: ^main$}]}
            actions:
              - http:
                  url: 'http://h/$(SECRET)?token=hidden-query'
                  headers: {authorization: hidden-header, x: {fromEnv: SECRET}, y: {fromFile: /run/y}, z: $(SECRET)}
                  body: 'hidden-body $(SECRET)'
              - exec: {command: [/bin/flush, hidden-argument]}
              - touch: /run/$(SECRET)/done
        """

    @Test func showsNoSecretInAnyFormat() throws {
        let explanation = try Self.explain(Self.secretive)
        let forms = [explanation.text(fileName: "x"), explanation.json.pretty, explanation.mermaid]
        for form in forms {
            #expect(!form.contains("hidden"))
            #expect(!form.contains("value-of-variable"))
        }
        let words = forms[0].split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        for part in [
            "http://h/$(SECRET)", "header authorization", "from the variable SECRET", "from /run/y",
            "a body of 21 bytes",
            "/bin/flush with 1 argument", "/run/$(SECRET)/done",
        ] { #expect(words.contains(part), "\(part)") }
    }

    @Test func letsNoTextSteerTheTerminal() throws {
        let explanation = try Self.explain(
            "{version: 1, rules: [{name: r, watch: {processes: [{name: \"a\\u202Eb\\e(1mc)\"}]}}]}")
        for form in [explanation.text(fileName: "a\u{1B}b"), explanation.mermaid] {
            #expect(!form.unicodeScalars.contains { $0.steersOutput && $0 != "\n" })
        }
    }

    // MARK: Exit codes

    @Test(arguments: Outcome.allCases) func foretellsTheExitCodesOfTheEngine(outcome: Outcome) throws {
        for codes in [
            "{}", "9", "fromTarget", "{ended: fromTarget, unknown: 4}",
            "{ended: 2, unknown: 5, notStarted: 6, terminated: 7, actionFailed: 8}",
        ] {
            let yaml = "{version: 1, rules: [{name: r, watch: {processes: [{name: main}]}, exitCode: \(codes)}]}"
            let explained = try #require(Self.explain(yaml).rules.first)
            let rule = try #require(Plan.parsing(yaml).rules.first)
            let targetCode: Int32 = outcome == .failed ? 77 : 0
            let start = Instant(nanoseconds: 0)
            let runtime = RuleRuntime(id: RuleID(0), rule: rule, at: start)
            var acting = Acting(outcome: outcome, targetCode: targetCode, skipReason: nil, startedAt: start)
            #expect(runtime.exitCode(after: acting) == explained.code(for: outcome) ?? targetCode, "\(codes)")
            acting.failures = [ActionFailure(action: "0/touch", reason: "")]
            #expect(runtime.exitCode(after: acting) == explained.actionFailed.value, "\(codes)")
        }
    }

    @Test(
        arguments: [
            ("", ["", ""], ["all rules are finished"]), ("", [""], ["the rule is finished"]),
            ("", ["final: true, ", ""], ["r0 is finished"]),
            ("", ["final: true, ", "repeat: true, ", "final: true, "], ["r0 is finished", "r2 is finished"]),
            ("", ["repeat: true, ", ""], ["SIGTERM"]),
            ("onTerminate: exit, ", [""], ["the rule is finished", "SIGTERM"]),
            ("onTerminate: exit, ", ["repeat: true, "], ["SIGTERM"]),
        ] as [(String, [String], [String])])
    func tellsHowTheRunEnds(top: String, rules: [String], ways: [String]) throws {
        let entries = rules.enumerated().map {
            "{\($0.element)name: r\($0.offset), watch: {processes: [{name: main}]}}"
        }
        let text = try Self.explain("{version: 1, \(top)rules: [\(entries.joined(separator: ", "))]}").text(
            fileName: "x")
        let section = try #require(text.split(separator: "\nExit code of Knell\n").last)
        let labels = section.split(separator: "\n").prefix { $0.hasPrefix("  ") && !$0.hasPrefix("  -") }
            .filter { !$0.hasPrefix("   ") }.map { String($0.dropFirst(2).split(separator: "  ")[0]) }
        #expect(labels == ways + ["a second SIGTERM", "SIGINT"])
    }

    // MARK: Notes

    @Test(
        arguments: [
            ("{name: ^main$}], startTimeout: 1s}, actions: [{sleep: 4s}]", []),
            ("{name: ^main$}]}", ["waits-for-ever"]),
            ("{name: sh}], startTimeout: 1s}", ["loose-pattern"]),
            ("{name: ^sh}, {name: sh$}, {name: longer}], startTimeout: 1s}", []),
            (
                "{name: ^main$}], startTimeout: 1s}, actions: [{signal: {process: {name: sh}}, thenGone: {within: 1ms}, timeout: 1s}]",
                ["loose-pattern"]
            ),
            ("{name: ^main$}], startTimeout: 1s}, repeat: true", ["never-ends"]),
            ("{name: ^main$}], startTimeout: 1s}, final: true", []),
            (
                "{name: ^main$}], startTimeout: 1s}, final: true}, {name: s, watch: {processes: [{name: other}], startTimeout: 1s}",
                ["final-rule"]
            ),
            (
                "{name: ^main$}], startTimeout: 1s}, actions: [{http: {url: 'https://h', tls: {insecureSkipVerify: true}}, retry: {attempts: 1}, timeout: 4s}]",
                ["insecure-tls"]
            ),
            ("{name: ^main$}], startTimeout: 1s}, actions: [{sleep: 5s}]", ["grace-period-seconds"]),
        ] as [(String, [String])])
    func notesWhatIsValidButQuestionable(rule: String, codes: [String]) throws {
        let yaml = "{version: 1, rules: [{name: r, watch: {processes: [\(rule)}]}"
        let explanation = try Self.explain(yaml)
        #expect(explanation.notes.map(\.code.rawValue) == codes)
        #expect(explanation.text(fileName: "x").contains("\nNote") == !codes.isEmpty)
    }

    // MARK: Layout

    @Test func colourChangesNothingButTheLook() throws {
        for yaml in [Self.allLeftOut, Self.allWritten, Self.secretive] {
            let explanation = try Self.explain(yaml)
            var coloured = explanation.text(fileName: "x", style: TerminalStyle(isColoured: true))
            for code in ["0", "1", "2", "33", "36"] { coloured.remove("\u{1B}[\(code)m") }
            #expect(coloured == explanation.text(fileName: "x"))
        }
    }

    @Test func wrapsBetweenWordsOnly() {
        let prose = Prose.of("one two", .verbatim("three  four"), ", five", Prose("six", isDim: true))
        #expect(prose.lines(width: 12, style: .plain) == ["one two", "three  four,", "five six"])
        #expect(prose.lines(width: 100, style: .plain) == ["one two three  four, five six"])
        #expect(Prose("").lines(width: 10, style: .plain) == [])
    }

    @Test(arguments: [
        ("touch /a-b.c: x=1", "\"touch /a-b.c: x=1\""), ("say \"x\";", "\"say #34;x#34;#59;\""),
        ("a#35;b", "\"a#35;35#59;b\""),
        ("^(a|b)$", "\"#94;#40;a#124;b#41;#36;\""), ("style: x", "\"style#58;#32;x\""),
        ("direction TB", "\"direction#32;TB\""), ("a@b", "\"a#64;b\""), ("é\u{1B}", "\"é#65533;\""),
    ]) func escapesLabelsForMermaid(text: String, expected: String) {
        #expect(Mermaid.quoted(text) == expected)
    }
}

extension String {
    fileprivate mutating func remove(_ part: String) {
        self = split(separator: part, omittingEmptySubsequences: false).joined()
    }
}
