import Glibc
import TestSupport
import Testing

/// Several targets, several rules, and the ways through a rule.
@Suite(.timeLimit(.minutes(10)))
struct RuleLifeTests {
    private func twoTargets(_ first: String, _ second: String, _ watch: String, _ directory: TemporaryDirectory)
        -> String
    {
        """
        version: 1
        rules:
          - name: r
            watch: {processes: [{name: '^\(first)$'}, {name: '^\(second)$'}], \(watch)}
            actions: [{touch: \(directory.file("done"))}]
            exitCode: {ended: fromTarget, notStarted: 6}
        """
    }

    @Test func actsOnceAllTargetsHaveEnded() throws {
        let (first, second, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let knell = try KnellRun(twoTargets(first.name, second.name, "until: allEnded", directory))
        try knell.await("rule.watching")
        try first.exit()
        try knell.await("target.exited", ["target": "0"])
        #expect(!directory.holds("done"))
        try second.exit(3)
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("done"))
    }

    @Test func actsOnceAnyTargetHasEnded() throws {
        let (first, second, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let knell = try KnellRun(twoTargets(first.name, second.name, "until: anyEnded", directory))
        try knell.await("rule.watching")
        try second.exit(4)
        #expect(try knell.exitCode() == 4)
        #expect(directory.holds("done"))
        #expect(knell.events(named: "target.exited").map { $0["target"] } == [1])
    }

    @Test func waitsUntilAllTargetsWereSeen() throws {
        let (first, late, directory) = (try Target(), uniqueName(), try TemporaryDirectory())
        let knell = try KnellRun(twoTargets(first.name, late, "until: allEnded", directory))
        try knell.await("target.found", ["target": "0"])
        try first.exit()
        try knell.await("target.exited", ["target": "0"])
        let second = try Target(late)
        try knell.await("rule.watching")
        #expect(!directory.holds("done"))
        try second.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test(arguments: ["run", "skip"]) func givesUpOnAMainProcessThatNeverStarts(policy: String) throws {
        let directory = try TemporaryDirectory()
        let knell = try KnellRun(
            configuration(
                watching: uniqueName(), watch: "startTimeout: 100ms, onStartTimeout: \(policy)",
                rule: ["exitCode: {notStarted: 7}"], actions: ["touch: \(directory.file("done"))"]))
        #expect(try knell.exitCode() == 7)
        #expect(directory.holds("done") == (policy == "run"))
        #expect(knell.events(named: "rule.finished", ["outcome": "notStarted", "exitCode": "7"]).count == 1)
        #expect(knell.events(named: "action.skipped", ["action": "0/touch"]).count == (policy == "run" ? 0 : 1))
    }

    @Test func goesOnWithThoseThatWereSeenWhenTheStartTimeoutPasses() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(twoTargets(main.name, uniqueName(), "startTimeout: 300ms", directory))
        try knell.await("rule.watching")
        #expect(!directory.holds("done"))
        try main.exit()
        // Of the two outcomes notStarted goes first.
        #expect(try knell.exitCode() == 6)
        #expect(directory.holds("done"))
    }

    @Test func endsAtOnceAfterAFinalRuleAndSaysWhatWasNotDone() throws {
        let (main, other, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: other
                watch: {processes: [{name: '^\(other.name)$'}]}
                actions: [{touch: \(directory.file("other"))}]
                exitCode: 9
              - name: last
                watch: {processes: [{name: '^\(main.name)$'}]}
                actions: [{touch: \(directory.file("main"))}]
                exitCode: 4
                final: true
            """, options: ["--termination-log", directory.file("verdict")])
        try knell.await("rule.watching", ["rule": "last"])
        try main.exit()
        #expect(try knell.exitCode() == 4)
        #expect(directory.holds("main") && !directory.holds("other"))
        let verdict = try directory.json("verdict")
        #expect(verdict["reason"] as? String == "final rule last")
        let rules = try #require(verdict["rules"] as? [[String: Any]])
        #expect(rules.first?["state"] as? String == "watching")
        #expect(rules.first?["notDone"] as? [String] == ["0/touch"])
    }

    @Test func takesTheFirstCodeThatIsNotZeroInTheOrderOfTheFile() throws {
        let (first, second, third) = (try Target(), try Target(), try Target())
        let rules = [first, second, third].enumerated().map { index, target in
            "  - {name: r\(index), watch: {processes: [{name: '^\(target.name)$'}]}, exitCode: fromTarget}\n"
        }
        let knell = try KnellRun("version: 1\nrules:\n" + rules.joined())
        for rule in 0..<3 { try knell.await("rule.watching", ["rule": "r\(rule)"]) }
        try third.exit(8)
        try knell.await("rule.finished", ["rule": "r2", "exitCode": "8"])
        try second.exit(6)
        try knell.await("rule.finished", ["rule": "r1"])
        try first.exit()
        #expect(try knell.exitCode() == 6)
    }

    @Test func beginsAnewWhereTheRuleRepeats() throws {
        let (name, server) = (uniqueName(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(
                watching: name, rule: ["repeat: true"], actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]))
        for round in 1...2 {
            let main = try Target(name)
            try knell.await("rule.watching")
            #expect(server.requests.count == round - 1)
            try main.exit()
            try knell.await("rule.finished")
            #expect(server.requests.count == round)
        }
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
    }

    @Test(arguments: [(0, ["always", "good"]), (3, ["always", "bad"])] as [(Int32, [String])])
    func runsActionsByTheOutcome(code: Int32, files: [String]) throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "{touch: \(directory.file("good")), when: [succeeded]}",
                    "{touch: \(directory.file("bad")), when: [failed, unknown]}", "touch: \(directory.file("always"))",
                ]))
        try knell.await("rule.watching")
        try main.obey("exit \(code)")
        #expect(try knell.exitCode() == 0)
        for name in ["always", "bad", "good"] { #expect(directory.holds(name) == files.contains(name), "\(name)") }
        #expect(knell.events(named: "action.skipped").count == 1)
    }

    @Test(arguments: [("continue", 5, true), ("stop", 5, false), ("ignore", 0, true)] as [(String, Int32, Bool)])
    func doesWhatOnFailureSays(policy: String, code: Int32, runsTheNext: Bool) throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name, rule: ["exitCode: {actionFailed: 5}"],
                actions: [
                    "{touch: \(directory.file("missing/file")), onFailure: \(policy)}",
                    "touch: \(directory.file("next"))",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == code)
        #expect(directory.holds("next") == runsTheNext)
        let failure = try #require(knell.events(named: "action.failed", ["action": "0/touch"]).first)
        #expect(failure["error"]?.contains(directory.file("missing/file")) == true)
        #expect(failure["level"] == (policy == "ignore" ? "warning" : "error"))
        #expect(knell.events(named: "action.skipped", ["action": "1/touch"]).count == (runsTheNext ? 0 : 1))
    }

    @Test func watchesByCommandLineExecutableAndUserTogether() throws {
        let (directory, marker) = (try TemporaryDirectory(), uniqueName())
        let decoy = try Target(arguments: ["--other-\(marker)"])
        let main = try Target(arguments: ["--main-\(marker)"])
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch:
                  processes:
                    - {commandLine: '--MAIN-\(marker)$', executable: /Test-Process$, user: \(geteuid()), ignoreCase: true}
                actions: [{touch: \(directory.file("done"))}]
                exitCode: fromTarget
            """)
        try knell.await("rule.watching")
        #expect(knell.events(named: "target.found").map { $0["pid"] } == [Int(main.pid)])
        try main.exit(2)
        #expect(try knell.exitCode() == 2)
        // Command lines can hold secrets.
        #expect(!knell.events.contains { $0.description.contains(marker) })
        try decoy.exit()
    }
}
