import Foundation
import TestSupport
import Testing

/// `knell simulate` through the binary.
@Suite(.timeLimit(.minutes(10)))
struct SimulateTests {
    private static let configuration = """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: ^main$}], startTimeout: 10m}
            actions: [{shutdown: istio}]
            exitCode: {ended: fromTarget}
        """

    private static func simulate(
        _ scenario: String, configuration: String = configuration, options: [String] = [], environment: [String] = [],
        wrapper: [String] = [], files: [String: String] = [:]
    ) throws -> Knell.Completion {
        let directory = try TemporaryDirectory()
        for (name, text) in files { try directory.write(text, to: name) }
        return try withExtendedLifetime(directory) {
            try Knell.run(
                [
                    "simulate", try directory.write(configuration, to: "knell.yaml"),
                    try directory.write("version: 1\n" + scenario, to: "scenario.yaml"),
                ] + options, wrapper: wrapper, environment: environment)
        }
    }

    private static func json(_ completion: Knell.Completion) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(completion.output.utf8))
        return try #require(object as? [String: Any])
    }

    @Test func printsTheTimelineAndSucceedsWithoutExpectations() throws {
        let completion = try Self.simulate("processes: [{name: main, runsFor: 1h30m, exitCode: 3}]")
        #expect(completion.exitCode == 0)
        #expect(completion.errors == "")
        #expect(completion.output.contains("+1h30m    "))
        #expect(completion.output.contains("target.exited     rule=r target=0 pid=100 name=main exitCode=3"))
        #expect(completion.output.contains("\nKnell exits with 3 after 1h30m"))
        #expect(!completion.output.contains("\u{1B}["))
    }

    @Test func expectationsThatHoldAreTicked() throws {
        let completion = try Self.simulate(
            "processes: [{name: main, runsFor: 1m}]\nexpect: {exitCode: 0, finishesBy: 2m, finished: true}")
        #expect(completion.exitCode == 0)
        #expect(completion.errors == "")
        #expect(completion.output.contains("Expectations: all 3 hold\n  ✓ Knell exits with 0\n"))
    }

    @Test func anExpectationThatDoesNotHoldIsToldAtItsPlace() throws {
        let completion = try Self.simulate("processes: [{name: main, runsFor: 1m}]\nexpect:\n  exitCode: 3\n")
        #expect(completion.exitCode == 1)
        #expect(completion.output.contains("  ✗ Knell exits with 3\n      it exits with 0 (r, succeeded)\n"))
        let line = try #require(completion.errors.split(separator: "\n").first)
        #expect(
            line.hasSuffix(
                "/scenario.yaml:4:3: error: expect.exitCode: expected: Knell exits with 3, but it exits with 0 (r, succeeded) "
                    + "[unmet-expectation]"))
        #expect(completion.errors.contains("    4 |   exitCode: 3\n      |   ^~~~~~~~\n"))
    }

    @Test func whatIsWaitedForIsSaid() throws {
        let completion = try Self.simulate(
            "processes: [{name: main}]\nexpect: {exitCode: 0}",
            configuration: Self.configuration.replacingOccurrences(of: "^main$", with: "^other$").replacingOccurrences(
                of: ", startTimeout: 10m", with: ""))
        #expect(completion.exitCode == 1)
        let reason = "r waits for target 0 (name: ^other$): no process of the scenario matches"
        #expect(completion.output.contains("Knell waits for ever from 0s on"))
        #expect(completion.output.contains(reason))
        #expect(completion.errors.contains(reason))
    }

    @Test func jsonIsOneObject() throws {
        let completion = try Self.simulate(
            "processes: [{name: main, runsFor: 1m}]\nexpect: {exitCode: 1}", options: ["--format", "json"])
        #expect(completion.exitCode == 1)
        let object = try Self.json(completion)
        #expect(object["holds"] as? Bool == false)
        #expect(object["ending"] as? String == "exit")
        #expect((object["verdict"] as? [String: Any])?["exitCode"] as? Int == 0)
        let timeline = try #require(object["timeline"] as? [[String: Any]])
        #expect(timeline.first?["event"] as? String == "run.started")
        #expect(timeline.last?["event"] as? String == "run.finished")
        #expect(timeline.allSatisfy { $0["atMs"] is Int })
        let requests = try #require(object["requests"] as? [[String: Any]])
        #expect(requests.map { $0["answer"] as? String } == ["refused", "refused", "refused"])
        let expectation = try #require((object["expectations"] as? [[String: Any]])?.first)
        #expect(expectation["line"] as? Int == 3)
        #expect(expectation["path"] as? String == "expect.exitCode")
        #expect(expectation["holds"] as? Bool == false)
    }

    @Test func theSeedDecidesTheJitterOfRetries() throws {
        func times(_ options: [String]) throws -> [Int?] {
            let scenario = "seed: 5\nprocesses: [{name: main, runsFor: 1m}]"
            let object = try Self.json(try Self.simulate(scenario, options: ["--format", "json"] + options))
            return try #require(object["timeline"] as? [[String: Any]]).map { $0["atMs"] as? Int }
        }
        #expect(try times([]) == times([]))
        #expect(try times([]) == times(["--seed", "5"]))
        #expect(try times([]) != times(["--seed", "6"]))
    }

    @Test func theMachinesVariablesCountForNothing() throws {
        let configuration = """
            version: 1
            rules: [{name: r, watch: {processes: [{name: a}]}, actions: [{touch: /tmp/$(NAME)}]}]
            """
        let missing = try Self.simulate("seed: 1", configuration: configuration, environment: ["NAME=x"])
        #expect(missing.exitCode == 78)
        #expect(missing.errors.contains("[undefined-variable]"))
        let given = try Self.simulate(
            "variables: {NAME: y}\nprocesses: [{name: a, runsFor: 1s}]\nexpect: {touched: [/tmp/y]}",
            configuration: configuration, environment: ["NAME=x"])
        #expect(given.exitCode == 0)
    }

    @Test func faultsOfBothFilesAreTold() throws {
        let completion = try Self.simulate(
            "sed: 1", configuration: "version: 1\nrules: [{name: r, watch: {processes: [{nmae: a}]}}]")
        #expect(completion.exitCode == 78)
        #expect(completion.output == "")
        #expect(completion.errors.contains("scenario.yaml:2:1: error: unknown key \"sed\"; did you mean \"seed\"?"))
        #expect(completion.errors.contains("knell.yaml:2:"))
    }

    @Test func anExpectationOfAnotherRuleIsAFault() throws {
        let completion = try Self.simulate("expect: {events: [{event: rule.fired, rule: q}]}")
        #expect(completion.exitCode == 78)
        #expect(completion.errors.contains("the configuration has no rule \"q\""))
    }

    @Test func aConfigurationTakesTheOthersPlaceFromTheScenariosDirectory() throws {
        let other = Self.configuration.replacingOccurrences(of: "fromTarget", with: "9")
        let scenario = """
            processes: [{name: main, runsFor: 1m}]
            events: [{at: 30s, configuration: other.yaml}]
            expect: {exitCode: 9, events: [{event: config.reloaded, at: 30s}]}
            """
        let completion = try Self.simulate(scenario, files: ["other.yaml": other])
        #expect(completion.exitCode == 0, "\(completion.errors)")
        let invalid = try Self.simulate(scenario, files: ["other.yaml": "version: 3\nrules: []\n"])
        #expect(invalid.exitCode == 78)
        #expect(invalid.errors.contains("/other.yaml:1:10: error: version:"))
        #expect(try Self.simulate(scenario).exitCode == 66)
    }

    @Test(arguments: [["/nonexistent/knell.yaml", "SCENARIO"], ["CONFIGURATION", "/nonexistent/scenario.yaml"]])
    func aFileThatCannotBeReadIsSaid(arguments: [String]) throws {
        let directory = try TemporaryDirectory()
        let files = [
            "SCENARIO": try directory.write("version: 1\n", to: "scenario.yaml"),
            "CONFIGURATION": try directory.write(Self.configuration, to: "knell.yaml"),
        ]
        let completion = try Knell.run(["simulate"] + arguments.map { files[$0] ?? $0 })
        #expect(completion.exitCode == 66)
        #expect(completion.errors.contains("/nonexistent/"))
        #expect(completion.output == "")
    }

    @Test(arguments: [
        [], ["knell.yaml"], ["knell.yaml", "-"], ["a", "b", "c"], ["a", "b", "--seed", "x"],
        ["a", "b", "--format", "yaml"],
    ])
    func aWrongCommandLineIsRefused(arguments: [String]) throws {
        let completion = try Knell.run(["simulate"] + arguments)
        #expect(completion.exitCode == 64)
        #expect(completion.output == "")
    }

    @Test func theConfigurationMayComeFromStandardInput() throws {
        let directory = try TemporaryDirectory()
        let scenario = try directory.write(
            "version: 1\nprocesses: [{name: main, runsFor: 1s, exitCode: 5}]\n", to: "s.yaml")
        let completion = try Knell.run(["simulate", "-", scenario], input: Self.configuration)
        #expect(completion.exitCode == 0)
        #expect(completion.output.contains("Knell exits with 5 after "))
    }

    @Test func aRuleThatRepeatsWithoutEndIsGivenUp() throws {
        let completion = try Self.simulate(
            "expect: {never: [{event: action.failed}]}",
            configuration: """
                version: 1
                rules: [{name: r, watch: {processes: [{name: a}], startTimeout: 1ms}, repeat: true, actions: [{touch: /a}]}]
                """,
            // The timeline is longer than a pipe that nobody reads meanwhile.
            wrapper: ["/bin/sh", "-c", "exec \"$@\" >/dev/null", "sh"])
        #expect(completion.exitCode == 1)
        #expect(completion.errors.contains("the simulation was given up: the timeline has 100000 lines"))
    }

    @Test func textFromTheScenarioCannotSteerATerminal() throws {
        let completion = try Self.simulate("description: \"a\\e[2Jb\"\nprocesses: [{name: \"x\\e[2Jy\"}]")
        #expect(completion.exitCode == 0)
        #expect(!completion.output.contains("\u{1B}"))
    }

    /// Real ones are named: a file, a program, a port and a process of this machine.
    @Test func doesNoneOfTheActions() throws {
        let (server, victim, directory) = (
            try ScriptedServer(script: [.answer(200)]), try Target(), try TemporaryDirectory()
        )
        let completion = try Self.simulate(
            """
            processes: [{name: main, startsAt: 1s, runsFor: 1s}]
            endpoints: [{url: 'http://127.0.0.1:\(server.port)/'}]
            expect: {exitCode: 0}
            """,
            configuration: """
                version: 1
                rules:
                  - name: r
                    watch: {processes: [{name: ^main$}]}
                    actions:
                      - touch: \(directory.file("touched"))
                      - exec: {command: [/bin/touch, \(directory.file("run"))]}
                      - http: {url: 'http://127.0.0.1:\(server.port)/'}
                      - signal: {pid: \(victim.pid)}
                """)
        #expect(completion.exitCode == 0, "\(completion.output)\(completion.errors)")
        #expect(!directory.holds("touched") && !directory.holds("run"))
        #expect(server.acceptedCount == 0)
        // It still takes its code from us.
        try victim.exit(3)
    }
}
