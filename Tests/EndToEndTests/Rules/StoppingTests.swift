import Glibc
import TestSupport
import Testing

/// Signals to Knell in every state of a rule.
@Suite(.timeLimit(.minutes(10)))
struct StoppingTests {
    /// Where the rule is when the signal comes.
    enum State: String, CaseIterable {
        case waiting
        case watching
        case grace
        case acting
    }

    /// A run that has come to a state, and what keeps it there.
    private final class Scene {
        let directory: TemporaryDirectory
        let knell: KnellRun
        private let main: Target?
        private let server: ScriptedServer

        init(_ state: State, top: [String]) throws {
            directory = try TemporaryDirectory()
            server = try ScriptedServer(script: [.sendAndHang("")])
            let main = state == .waiting ? nil : try Target()
            self.main = main
            let http = "{http: {url: 'http://127.0.0.1:\(server.port)/'}, when: [succeeded], timeout: 10m}"
            knell = try KnellRun(
                configuration(
                    watching: main?.name ?? uniqueName(), top: top,
                    rule: ["gracePeriod: \(state == .grace ? "10m" : "0s")", "exitCode: {terminated: 9}"],
                    actions: [http, "touch: \(directory.file("done"))"]),
                options: ["--termination-log", directory.file("verdict")])
            try knell.await(state == .waiting ? "run.started" : "rule.watching")
            if state == .grace || state == .acting { try main?.exit() }
            if state == .grace { try knell.await("rule.grace") }
            if state == .acting {
                try knell.await("action.started", ["action": "0/http"])
                try awaitReadable(server.arrival)
            }
        }

        /// The signal is taken by an event of its own, so the log says when it has come.
        func signal(_ number: Int32, _ name: String) throws {
            knell.process.kill(number)
            try knell.await("signal.received", ["signal": name])
        }

        func rule() throws -> [String: Any] {
            let rules = try directory.json("verdict")["rules"] as? [[String: Any]]
            return try #require(rules?.first)
        }
    }

    private static let signals: [(State, Int32, String)] = State.allCases.flatMap {
        [($0, SIGINT, "SIGINT"), ($0, SIGTERM, "SIGTERM")]
    }

    @Test(arguments: signals) func stopsAtOnce(in state: State, by number: Int32, _ name: String) throws {
        let scene = try Scene(state, top: ["onTerminate: drain", "terminationTimeout: 10m"])
        // Of SIGTERM it is the second that counts.
        if number == SIGTERM { try scene.signal(SIGTERM, name) }
        try scene.signal(number, name)
        #expect(try scene.knell.exitCode() == 128 + number)
        #expect(!scene.directory.holds("done"))
        let verdict = try scene.directory.json("verdict")
        #expect(verdict["exitCode"] as? Int == Int(128 + number))
        #expect(verdict["reason"] as? String == name)
        #expect(try scene.rule()["state"] as? String == state.rawValue)
        #expect(try scene.rule()["notDone"] as? [String] == ["0/http", "1/touch"])
        #expect(scene.knell.events(named: "action.skipped", ["level": "warning"]).count == 2)
    }

    @Test(arguments: [State.waiting, .watching, .grace], ["drain", "run"])
    func runsWhatHasNotRunYet(in state: State, _ policy: String) throws {
        let scene = try Scene(state, top: ["onTerminate: \(policy)", "terminationTimeout: 200ms"])
        try scene.signal(SIGTERM, "SIGTERM")
        #expect(try scene.knell.exitCode() == 9)
        #expect(scene.directory.holds("done"))
        #expect(scene.knell.events(named: "rule.fired", ["outcome": "terminated"]).count == 1)
        #expect(try scene.rule()["notDone"] == nil)
    }

    @Test(arguments: State.allCases) func runsNothingMore(in state: State) throws {
        let scene = try Scene(state, top: ["onTerminate: exit"])
        try scene.signal(SIGTERM, "SIGTERM")
        #expect(try scene.knell.exitCode() == 9)
        #expect(!scene.directory.holds("done"))
        #expect(try scene.rule()["notDone"] as? [String] == ["0/http", "1/touch"])
    }

    @Test func goesOnWatchingWhileItDrains() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name, top: ["terminationTimeout: 10m"],
                rule: ["exitCode: {ended: fromTarget, terminated: 9}"],
                actions: ["touch: \(directory.file("done"))"]))
        try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        try knell.await("signal.received")
        #expect(!directory.holds("done"))
        // The main process has got its SIGTERM too, and ends in its own time.
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("done"))
    }

    @Test func finishesAnActionThatRunsWhenSIGTERMComes() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        #expect(unsafe mkfifo(directory.file("gate"), 0o666) == 0)
        let knell = try KnellRun(
            configuration(
                watching: main.name, top: ["onTerminate: run"],
                actions: [
                    "{exec: {command: [/bin/sh, -c, 'read line <\(directory.file("gate"))']}, timeout: 10m}",
                    "touch: \(directory.file("done"))",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        try knell.await("action.started", ["action": "0/exec"])
        knell.process.kill(SIGTERM)
        try knell.await("signal.received")
        try directory.write("go\n", to: "gate")
        #expect(try knell.exitCode() == 0)
        #expect(directory.holds("done"))
    }

    @Test(arguments: State.allCases) func survivesSIGHUP(in state: State) throws {
        let scene = try Scene(state, top: [])
        try scene.signal(SIGHUP, "SIGHUP")
        try scene.signal(SIGHUP, "SIGHUP")
        try scene.signal(SIGINT, "SIGINT")
        #expect(try scene.knell.exitCode() == 130)
    }

    @Test func takesSignalsThatWhoeverStartedItHadIgnored() throws {
        let knell = try KnellRun(
            configuration(watching: uniqueName(), top: ["onTerminate: exit"], rule: ["exitCode: {terminated: 9}"]),
            wrapper: ["/bin/sh", "-c", "trap '' TERM INT HUP; exec \"$@\"", "sh"])
        try knell.await("run.started")
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 9)
    }

    @Test func saysSoWhereTheVerdictCannotBeWritten() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(watching: main.name, rule: ["exitCode: 3"]),
            options: ["--termination-log", directory.file("missing/verdict")])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 3)
        #expect(
            knell.events(named: "verdict.unwritten").first?["error"]?.contains(directory.file("missing/verdict"))
                == true)
    }
}
