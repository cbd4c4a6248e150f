import SupervisorCore
import Testing

@testable import ConfigModel

struct ScenarioDecodingTests {
    private static func reading(_ text: String) -> ScenarioReading {
        ScenarioReading(Array("version: 1\n\(text)\n".utf8), eventNames: LogRecord.Name.allCases.map(\.rawValue))
    }

    private static func scenario(_ text: String) throws -> Scenario {
        let reading = reading(text)
        return try #require(reading.scenario, "\(reading.render(fileName: "scenario.yaml"))")
    }

    private static func process(_ text: String) throws -> SimulatedProcess {
        try #require(
            try scenario("users: {airflow: 50000}\nprocesses: [{\(text)}, {name: other, pid: 9}]").processes.first)
    }

    // MARK: Processes

    @Test func aProcessOfItsNameAloneLivesFromTheStartForEver() throws {
        let process = try Self.process("name: report")
        #expect(process.name == "report")
        #expect(process.userID == 0)
        #expect(process.pid == nil && process.parent == nil && process.commandLine == nil && process.executable == nil)
        let life = SimulatedProcess.Life(startsAfter: .zero, runsFor: nil, end: .exitCode(0))
        #expect(process.lives == [life])
    }

    @Test(arguments: [
        ("startsAt: 5s, endsAt: 30s", Duration.seconds(5), Duration.seconds(25)),
        ("startsAt: 5s, runsFor: 30s", .seconds(5), .seconds(30)), ("endsAt: 0s", .zero, .zero),
    ])
    func theEndIsATimeOrALength(keys: String, start: Duration, length: Duration) throws {
        let life = try #require(try Self.process("name: a, \(keys)").lives.first)
        #expect(life.startsAfter == start)
        #expect(life.runsFor == length)
    }

    @Test(arguments: [
        ("exitCode: 3", SimulatedEnd.exitCode(3)), ("signal: KILL", .signal(Signal(number: 9))),
        ("exitStatus: unknown", .unknown),
    ])
    func theEndHasOneOfThreeForms(keys: String, end: SimulatedEnd) throws {
        #expect(try Self.process("name: a, runsFor: 1s, \(keys)").lives.first?.end == end)
    }

    @Test func usersAndParentsAreResolved() throws {
        let process = try Self.process("name: a, user: airflow, parent: other")
        #expect(process.userID == 50_000)
        #expect(process.parent == .name("other"))
        #expect(try Self.process("name: a, user: root, parent: 9").parent == .pid(9))
    }

    @Test func restartsAreFurtherLives() throws {
        let lives = try Self.process("name: a, runsFor: 1s, restarts: [{after: 2s, exitCode: 4}, {runsFor: 5s}]").lives
        #expect(lives.map(\.startsAfter) == [.zero, .seconds(2), .zero])
        #expect(lives.map(\.runsFor) == [.seconds(1), nil, .seconds(5)])
        #expect(lives.map(\.end) == [.exitCode(0), .exitCode(4), .exitCode(0)])
    }

    @Test func reactionsAreBySignal() throws {
        let process = try Self.process(
            "name: a, onSignal: {SIGTERM: {endsAfter: 2s, exitCode: 143}, HUP: ignore, '10': denied, INT: {}}")
        #expect(
            process.reactions == [
                Signal(number: 15): .ends(after: .seconds(2), .exitCode(143)), Signal(number: 1): .ignores,
                Signal(number: 10): .denied, Signal(number: 2): .ends(after: .zero, nil),
            ])
    }

    // MARK: The rest of the pod

    @Test func answersHaveShortAndLongForms() throws {
        let scenario = try Self.scenario(
            """
            variables: {PORT: '80'}
            processes: [{name: envoy}]
            endpoints:
              - url: 'http://127.0.0.1:$(PORT)/quit'
                method: GET
                answers: [503, refused, dropped, timeout, {status: refused, after: 2s}, {status: 204}]
                servedBy: envoy
                stops: [envoy, {process: envoy, after: 3s}]
            """)
        let endpoint = try #require(scenario.endpoints.first)
        #expect(try endpoint.url == HTTPURL(parsing: "http://127.0.0.1:80/quit"))
        #expect(endpoint.method == "GET")
        #expect(
            endpoint.answers == [
                SimulatedAnswer(.status(503)), SimulatedAnswer(.refused), SimulatedAnswer(.dropped),
                SimulatedAnswer(.timeout), SimulatedAnswer(.refused, after: .seconds(2)), SimulatedAnswer(.status(204)),
            ])
        #expect(endpoint.servedBy == "envoy")
        #expect(endpoint.stops.map(\.after) == [.zero, .seconds(3)])
    }

    @Test func filesProgramsAndEventsAreRead() throws {
        let scenario = try Self.scenario(
            """
            processes: [{name: a}]
            files: [{path: /a, fails: no space}, {path: /b, pidOf: a}]
            programs: [{command: flush, runsFor: 2s, signal: SIGKILL}, {command: /x, fails: missing}]
            events:
              - {at: 9s, signal: SIGTERM}
              - {at: 1s, signal: SIGUSR1, to: [a]}
              - {at: 2s, configuration: other.yaml}
              - {at: 3s, configuration: other.yaml}
              - {at: 4s, procUnreadable: 5s}
            """)
        #expect(
            scenario.files == [
                SimulatedFile(path: "/a", nature: .untouchable("no space")),
                SimulatedFile(path: "/b", nature: .pidFile(of: "a")),
            ])
        #expect(
            scenario.programs.map(\.result) == [
                .ends(.signal(Signal(number: 9)), after: .seconds(2)), .fails("missing"),
            ])
        #expect(
            scenario.events.map(\.kind) == [
                .signal(Signal(number: 15)), .signalProcesses(Signal(number: 10), ["a"]), .configuration("other.yaml"),
                .configuration("other.yaml"), .procUnreadable(.seconds(5)),
            ])
        #expect(scenario.configurations.map(\.value) == ["other.yaml"])
    }

    // MARK: Expectations

    @Test func expectationsAreInTheOrderOfTheFile() throws {
        let scenario = try Self.scenario(
            """
            processes: [{name: a}]
            expect:
              finished: true
              never: [{event: action.failed, rule: r}]
              exitCode: 3
              events:
                - {event: rule.fired, outcome: failed, at: 5s}
                - {event: target.exited, target: 1, name: a, exitCode: 2, signal: KILL, after: 1s, before: 2s}
              touched: []
              finishesBy: 1m
              requests: [{url: 'http://127.0.0.1/', method: POST, count: 2}, {url: 'http://127.0.0.1/'}]
              signals: [{process: a, count: 0}]
              programs: [{command: x}]
            """)
        #expect(
            scenario.expectations.map(\.value.description) == [
                "every rule is finished", "never action.failed rule=r", "Knell exits with 3",
                "rule.fired outcome=failed at 5s",
                "target.exited target=1 name=a exitCode=2 signal=SIGKILL from 1s to 2s", "no file is touched",
                "Knell exits by 1m", "2 × POST http://127.0.0.1/", "1 × http://127.0.0.1/", "0 × a signal to a",
                "1 × x",
            ])
    }

    @Test func anExpectationKnowsItsPlace() throws {
        let expectation = try #require(try Self.scenario("expect:\n  exitCode: 3").expectations.first)
        #expect(expectation.span.start == SourceMark(line: 3, column: 3))
        #expect(expectation.path == "expect.exitCode")
    }

    // MARK: Limits and environment

    @Test(arguments: [
        ("", 86_400), ("timeLimit: 5m", 300), ("processes: [{name: a, startsAt: 1h, runsFor: 1h}]", 86_400 + 7_200),
        ("events: [{at: 3h, signal: SIGTERM}]", 86_400 + 10_800),
        ("processes: [{name: a, runsFor: 1h, restarts: [{after: 1h, runsFor: 1h}]}]", 86_400 + 10_800),
    ])
    func theTimeLimitIsADayAfterWhatTheScenarioNames(text: String, seconds: Int) throws {
        #expect(try Self.scenario(text).timeLimit == .seconds(seconds))
    }

    @Test func configurationsSeeTheVariablesAndUsersOfTheScenarioOnly() {
        let environment = Self.reading("variables: {A: b}\nusers: {airflow: 50000}\nseed: x").environment
        #expect(environment.variable("A") == "b")
        #expect(environment.variable("PATH") == nil)
        #expect(environment.userID("airflow") == 50_000)
        #expect(environment.userID("root") == 0)
        #expect(environment.userID("daemon") == nil)
    }

    @Test func whatAConfigurationLacksIsToBeDefinedInTheScenario() {
        let configuration = document(action: "touch: /tmp/$(NAME)")
        let reading = ConfigurationReading(Array(configuration.utf8), environment: Self.reading("").environment)
        #expect(reading.diagnostics.map(\.reason).first?.contains("among the scenario's variables") == true)
    }
}
