import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

/// What comes of Knell's actions in a simulated pod.
struct DeedTests {
    private static let main = "{name: main, runsFor: 1s}"

    private static func run(_ actions: String, _ scenario: String, processes: String = "") throws -> SimulationResult {
        let processes = "processes: [\(main)\(processes.isEmpty ? "" : ", " + processes)]"
        return try simulate(try plan(rule: "actions: [\(actions)]"), "\(processes)\n\(scenario)")
    }

    private static let post = "{http: {url: 'http://127.0.0.1:80/quit'}, retry: {attempts: 1}}"

    @Test(arguments: [
        ("[]", "refused"), ("[{url: 'http://127.0.0.1:81/quit'}]", "refused"),
        ("[{url: 'http://localhost:80/quit'}]", "refused"), ("[{url: 'http://127.0.0.1/quit'}]", "200"),
        ("[{url: 'http://127.0.0.1/quit', method: POST, answers: [503]}]", "503"),
        ("[{url: 'http://127.0.0.1/quit', method: GET}]", "405"), ("[{url: 'http://127.0.0.1/other'}]", "404"),
        ("[{url: 'http://127.0.0.1/quit?x'}]", "404"),
        ("[{url: 'http://127.0.0.1/quit', answers: [dropped]}]", "dropped"),
        ("[{url: 'http://127.0.0.1/quit', servedBy: main}]", "refused"),
        ("[{url: 'http://127.0.0.1/quit', servedBy: envoy}]", "200"),
        ("[{url: 'http://127.0.0.1/a'}, {url: 'http://127.0.0.1/quit', answers: [201]}]", "201"),
    ])
    func aRequestIsAnsweredByWhatListensThere(endpoints: String, answer: String) throws {
        let result = try Self.run(Self.post, "endpoints: \(endpoints)", processes: "{name: envoy}")
        #expect(result.requests.map(\.answer.text) == [answer])
        #expect(result.requests.map(\.method) == ["POST"])
    }

    @Test func answersComeInSequenceAndTheLastRepeats() throws {
        let result = try Self.run(
            "{http: {url: 'http://127.0.0.1/quit'}, retry: {attempts: 4}}",
            "endpoints: [{url: 'http://127.0.0.1/quit', answers: [refused, 503]}]")
        #expect(result.requests.map(\.answer.text) == ["refused", "503", "503", "503"])
        #expect(result.verdict?.exitCode == 1)
    }

    @Test func anAnswerTakesItsTimeAndATimeoutCutsItOff() throws {
        let slow = "endpoints: [{url: 'http://127.0.0.1:80/quit', answers: [{status: 200, after: 3s}], stops: [envoy]}]"
        let inTime = try Self.run(Self.post, slow, processes: "{name: envoy}")
        #expect(inTime.times(of: .actionSucceeded) == [4_000])
        let late = try Self.run(
            "{http: {url: 'http://127.0.0.1:80/quit'}, timeout: 2s, retry: {attempts: 1}}, "
                + "{sleep: 0s, when: [succeeded]}, {signal: {process: {name: x}}, thenGone: {process: {name: envoy}, within: 9s}}",
            slow, processes: "{name: envoy}")
        #expect(late.times(of: .actionFailed) == [3_000])
        // The peer has the request and goes on with it: envoy ends at 4s.
        #expect(late.times(of: .actionSucceeded) == [3_000, 4_000])
    }

    @Test func timeoutsNeverAnswer() throws {
        let result = try Self.run(Self.post, "endpoints: [{url: 'http://127.0.0.1:80/quit', answers: [timeout]}]")
        #expect(result.times(of: .actionFailed) == [6_000])
        #expect(result.first(.actionFailed)?.error == "timed out after 5s")
    }

    @Test func stopsEndProcessesAfterTheAnswerSoThatTheyAreGone() throws {
        let action = "{http: {url: 'http://127.0.0.1:80/quit'}, thenGone: {process: {name: envoy}, within: 5s}}"
        func run(after: String) throws -> SimulationResult {
            let stops = "stops: [{process: envoy, after: \(after)}]"
            return try Self.run(
                action, "endpoints: [{url: 'http://127.0.0.1:80/quit', \(stops)}]", processes: "{name: envoy}")
        }
        #expect(try run(after: "4s").times(of: .actionSucceeded) == [5_000])
        #expect(try run(after: "6s").times(of: .actionFailed) == [6_000])
    }

    @Test(arguments: [
        ("process: {name: ^envoy$}", 2), ("pid: 55", 1), ("pidFile: /run/envoy.pid", 1), ("pidFile: /run/x.pid", 0),
        ("pid: 56", 0), ("process: {name: ^main$}", 0),
    ])
    func signalsReachWhoLives(reference: String, count: Int) throws {
        let result = try Self.run(
            "{signal: {\(reference), signal: SIGINT}, thenGone: {within: 1s}}",
            "files: [{path: /run/envoy.pid, pidOf: envoy}]", processes: "{name: envoy, pid: 55}, {name: envoy}")
        #expect(result.signals.count == count)
        #expect(result.signals.allSatisfy { $0.signal == Signal(number: 2) && $0.process == "envoy" })
        #expect(result.first(.actionSucceeded)?.note == (count == 0 ? "nothing to signal" : nil))
        #expect(result.verdict?.exitCode == 0)
    }

    @Test func aSignalThatIsDeniedFails() throws {
        let result = try Self.run(
            "{signal: {process: {name: ^envoy$}}}", "", processes: "{name: envoy, user: 5, onSignal: {TERM: denied}}")
        #expect(result.first(.actionFailed)?.error == "may not signal pid 101 (envoy) of uid 5")
        #expect(result.signals.isEmpty)
    }

    @Test func touchesSucceedUnlessTheScenarioSaysOtherwise() throws {
        let result = try Self.run(
            "{touch: /a}, {touch: /b}, {touch: /a}", "files: [{path: /b, fails: the file system is read-only}]")
        #expect(result.touches == ["/a", "/a"])
        #expect(result.first(.actionFailed)?.error == "cannot touch /b: the file system is read-only")
    }

    @Test func programsEndAsTheScenarioSays() throws {
        let result = try Self.run(
            "{exec: {command: [/bin/a]}}, {exec: {command: [/bin/b, x]}}, {exec: {command: [/bin/c]}}, "
                + "{exec: {command: [/bin/d]}, timeout: 1s}",
            "programs: [{command: /bin/b, runsFor: 2s, exitCode: 3}, {command: /bin/c, fails: there is none}, "
                + "{command: /bin/d, runsFor: 1h}]")
        #expect(result.programs == ["/bin/a", "/bin/b", "/bin/c", "/bin/d"])
        let failures = result.timeline.filter { $0.record.name == .actionFailed }
        #expect(
            failures.map(\.record.error) == [
                "the program exited with code 3", "cannot run /bin/c: there is none", "timed out after 1s",
            ])
        #expect(failures.map(\.at.wholeMilliseconds) == [3_000, 3_000, 4_000])
    }

    @Test func awaitingTheEndOfAPidIsOverWhenThatProcessEnds() throws {
        let result = try Self.run(
            "{signal: {pid: 55, signal: SIGTERM}, thenGone: {within: 9s}}", "",
            processes: "{name: envoy, pid: 55, onSignal: {TERM: {endsAfter: 4s}}, restarts: [{}]}")
        #expect(result.times(of: .actionSucceeded) == [5_000])
    }
}
