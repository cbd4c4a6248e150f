import ConfigModel
import Foundation
import TestSupport
import Testing

/// `knell schema`, judged by a checker of others.
@Suite(
    .timeLimit(.minutes(10)), .enabled(if: TestTools.areExpected, Comment(rawValue: TestTools.absence)))
struct SchemaCommandTests {
    /// Invalid samples that the schema lets pass, and why no schema could refuse them.
    private static let inexpressible = [
        "alias-bomb": "a checker sees the tree with its aliases expanded and does not count nodes",
        "pattern-never-matches": "whether a pattern can match takes a reader of patterns",
        "pattern-too-large": "the cost of a pattern takes a reader of patterns",
        "too-deep": "the depth stands below a key that begins with x-, where everything is allowed",
        "undefined-variable": "the environment is no part of the file",
        "utf-16": "the encoding is undone before a checker sees the text",
    ]

    /// Invalid samples that a checker cannot read, so that no schema is asked.
    private static let unreadable = [
        "complex-key": "keys that are no text", "duplicate-key": "a duplicate key", "foreign-tag": "a foreign tag",
        "latin-1": "the encoding", "merge-scalar": "a merge of a scalar", "nul-byte": "a NUL byte",
        "second-document": "two documents", "secret-in-broken-yaml": "broken YAML",
        "secrets-hidden": "a duplicate key", "sorted": "a duplicate key", "unknown-alias": "an alias without anchor",
        "yaml-bracket": "broken YAML", "yaml-colon": "broken YAML", "yaml-escape": "broken YAML",
        "yaml-indentation": "broken YAML", "yaml-missing-colon": "broken YAML", "yaml-quote": "broken YAML",
        "yaml-tab": "broken YAML",
    ]

    /// Following its alias makes the checker itself run out of stack.
    private static let fatal = "recursive-alias"

    @Test func isASchemaOfItsDraft() throws {
        let fault = try SchemaChecker().metaschemaFault()
        #expect(fault == nil)
    }

    @Test func acceptsEverySample() throws {
        let files = Repository.samples(in: "samples")
        #expect(files.contains { $0.hasSuffix("/demo.yaml") })
        let refused = try SchemaChecker().findings(in: files).filter { $0.value != .valid }
        #expect(refused.isEmpty)
    }

    private static func name(_ file: String) -> String {
        ((file as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    @Test func refusesEveryInvalidSampleWhoseFaultASchemaCanExpress() throws {
        let files = Repository.samples(in: "samples/invalid")
        #expect(files.count > 40)
        let known = Set(files.map(Self.name))
        #expect(Set(Self.inexpressible.keys).union(Self.unreadable.keys).union([Self.fatal]).isSubset(of: known))
        let readable = files.filter { Self.unreadable[Self.name($0)] == nil && Self.name($0) != Self.fatal }
        for (file, finding) in try SchemaChecker().findings(in: readable) {
            let expected: SchemaChecker.Finding = Self.inexpressible[Self.name(file)] == nil ? .refused : .valid
            #expect(finding == expected, "\(Self.name(file))")
        }
    }

    /// One at a time: the checker's reader is of no more use after a file that it could not read.
    @Test(arguments: unreadable.keys.sorted()) func isNotAskedAboutWhatIsNoYAMLToACheckerEither(sample: String) throws {
        let file = "\(Repository.root)/samples/invalid/\(sample).yaml"
        #expect(try SchemaChecker().findings(in: [file]) == [file: .unreadable])
    }

    /// Every key of every mapping, with its example and with its default, in the smallest document around it.
    @Test func acceptsEveryExampleAndEveryDefaultWhereItsKeyStands() throws {
        let directory = try TemporaryDirectory()
        var files: [String] = []
        for mapping in Keys.all {
            for (index, key) in mapping.keys.enumerated() {
                let place = try #require(KeyPlace(of: key.name, in: mapping.name))
                let examples = key.example.contains("…") ? [] : [key.example]
                for (number, value) in (examples + [key.defaultText].compactMap(\.self)).enumerated() {
                    let file = "\(mapping.name.replacingOccurrences(of: " ", with: "-"))-\(index)-\(number).yaml"
                    files.append(try directory.write(place.configuration(key.name, value), to: file))
                }
            }
        }
        #expect(files.count > 80)
        let findings = try SchemaChecker().findings(in: files)
        for file in files where findings[file] != .valid { Issue.record("\(file) is refused") }
    }

    /// A value for a key, with what the decoder and the schema both make of it.
    struct Trial: Sendable {
        let mapping: String
        let key: String
        let values: [String]
    }

    private static let accepted = [
        Trial(
            mapping: "watch", key: "startTimeout",
            values: ["1m30s", "1.5s", ".5s", "1.s", "1h", "250ms", "1000000ns", "'10m'"]),
        Trial(mapping: "process", key: "user", values: ["0", "4294967294", "airflow", "'50000x'", "0x10"]),
        Trial(
            mapping: "process", key: "name",
            values: [
                "'a(b|c)+$'", #"'\(x\)'"#, #"'[\]x]'"#, "'[]a]'", "'[[:alpha:]_-]{1,3}'", "'((a))'", "'ä'", #"'a\\d'"#,
                "'[(?]'", #"'\(?a'"#, #"'[\\]\.x'"#, "'[^]^]'",
            ]),
        Trial(
            mapping: "signal", key: "signal", values: ["TERM", "SIGKILL", "9", "'15'", "64", "SIGPWR", "'+7'", "007"]),
        Trial(mapping: "touch", key: "mode", values: ["0644", "'0644'", "644", "0o600", "'0o0600'", "'777'", "000"]),
        Trial(mapping: "touch", key: "path", values: ["/a", "$(DIR)/a", "/a b", "'/a/../b'"]),
        Trial(
            mapping: "http", key: "expectStatus", values: ["[200, 2xx]", "[100, 599, '4xx']", "[5xx]"]),
        Trial(
            mapping: "http", key: "url",
            values: [
                "http://h", "HTTPS://h:1/a?b=c", "'http+unix://%2Frun%2Fx.sock/quit'", "'http://[::1]:80/'",
                "$(BASE)/quit", "'http://h/a@b'", "'http://$(H):1/'", "https://h?x",
            ]),
        Trial(mapping: "http", key: "method", values: ["GET", "M-SEARCH"]),
        Trial(
            mapping: "http", key: "headers",
            values: ["{}", "{x: ''}", "{x: \"a\\tb\"}", "{x: ä, Authorization: {fromEnv: X}}", "{tea: x}"]),
        Trial(mapping: "rule", key: "exitCode", values: ["0", "255", "fromTarget", "{}", "{ended: 3}"]),
        Trial(mapping: "rule", key: "final", values: ["true", "True", "FALSE"]),
        Trial(
            mapping: "rule", key: "actions", values: ["[]", "[{sleep: 0s}]", "[{sleep: 1s, when: [failed, failed]}]"]),
        Trial(
            mapping: "signal", key: "process",
            values: ["{pid: 1}", "{pidFile: /x}", "{user: 0, ignoreCase: false}", "{name: a, executable: b}"]),
        Trial(mapping: "shutdown", key: "port", values: ["1", "65535"]),
    ]

    private static let refused = [
        Trial(mapping: "watch", key: "startTimeout", values: ["10", "1d", "-1s", "''", "[]", "5 m"]),
        Trial(mapping: "process", key: "user", values: ["-1", "4294967295", "'50000'", "1.5", "''"]),
        Trial(mapping: "process", key: "name", values: [#"'\d'"#, "'(?:a)'", "''", #"'[a]\w'"#, #"'\1'"#, "7"]),
        Trial(mapping: "signal", key: "signal", values: ["sigterm", "65", "0", "SIG15", "''"]),
        Trial(mapping: "touch", key: "mode", values: ["'64'", "'0999'", "'1777'", "true", "'0o64'"]),
        Trial(mapping: "touch", key: "path", values: ["a", "/", "/a/", "''"]),
        Trial(mapping: "http", key: "expectStatus", values: ["[]", "['204']", "[6xx]", "[99]", "200", "[2XX]"]),
        Trial(
            mapping: "http", key: "url",
            values: ["ftp://h", "h", "'http://u@h/'", "'http://h/#x'", "'http://h/ x'", "'http:///x'"]),
        Trial(mapping: "http", key: "method", values: ["get", "CONNECT", "''"]),
        Trial(
            mapping: "http", key: "headers",
            values: [
                "{x: 1}", "{'a b': x}", "{Content-Length: '1'}", "{x: \"a\\nb\"}", "{x: {}}",
                "{x: {fromEnv: A, fromFile: /a}}",
            ]),
        Trial(mapping: "rule", key: "exitCode", values: ["256", "-1", "'0'", "fromtarget", "{endet: 0}"]),
        Trial(mapping: "rule", key: "final", values: ["yes", "'true'", "1"]),
        Trial(
            mapping: "rule", key: "actions",
            values: [
                "[{}]", "[{sleep: 1s, timeout: 1s}]", "[{touch: /a, sleep: 1s}]",
                "[{touch: /a, thenGone: {within: 1s}}]",
                "[{shutdown: {preset: kuma, port: 1}}]", "[{sleep: 1s, when: []}]",
            ]),
        Trial(
            mapping: "signal", key: "process",
            values: [
                "{}", "{ignoreCase: true}", "{pid: 1, name: a}", "{pid: 1, pidFile: /a}", "{pid: 1, ignoreCase: true}",
                "{pid: 0}",
            ]),
        Trial(mapping: "shutdown", key: "port", values: ["0", "65536", "'1'"]),
    ]

    /// Decoder and schema agree on every value: what the decoder takes, the schema takes, and these it refuses too.
    @Test(arguments: [true, false]) func agreesWithTheDecoder(areAccepted: Bool) throws {
        let directory = try TemporaryDirectory()
        let environment = ConfigurationEnvironment(variable: { _ in nil }, userID: { _ in nil }, allowsUndefined: true)
        var texts: [String: String] = [:]
        for trial in areAccepted ? Self.accepted : Self.refused {
            let place = try #require(KeyPlace(of: trial.key, in: trial.mapping))
            for (index, value) in trial.values.enumerated() {
                let text = place.configuration(trial.key, value)
                let reading = ConfigurationReading(Array(text.utf8), environment: environment)
                #expect((reading.plan != nil) == areAccepted, "decoder: \(text)\n\(reading.render(fileName: "x"))")
                let name = "\(trial.mapping)-\(trial.key)-\(index).yaml"
                texts[try directory.write(text, to: name)] = text
            }
        }
        let findings = try SchemaChecker().findings(in: texts.keys.sorted())
        for (file, text) in texts where findings[file] != (areAccepted ? .valid : .refused) {
            Issue.record("schema: \(findings[file].map { "\($0)" } ?? "nothing"): \(text)")
        }
    }
}
