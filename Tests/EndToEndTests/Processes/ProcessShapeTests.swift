import Foundation
import TestSupport
import Testing

/// Processes of every shape that Knell must tell apart.
@Suite(.timeLimit(.minutes(10)))
struct ProcessShapeTests {
    @Test func countsAZombieThatNobodyReapsAsEnded() throws {
        let (parent, name) = (try Target(), uniqueName())
        let child = try parent.spawn(name)
        let knell = try KnellRun(configuration(watching: name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        try parent.endChild(child, "exit 3")
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "target.exited", ["pid": "\(child)", "source": "procStat"]).count == 1)
        // It is there still.
        #expect(try parent.process.ask("reap \(child)") == "reaped 768")
    }

    @Test func matchesNoZombie() throws {
        let (parent, name) = (try Target(), uniqueName())
        try parent.endChild(try parent.spawn(name), "exit 0")
        let knell = try KnellRun(
            configuration(watching: name, watch: "startTimeout: 100ms", rule: ["exitCode: {notStarted: 4}"]))
        #expect(try knell.exitCode() == 4)
        #expect(knell.events(named: "target.found").isEmpty)
    }

    @Test(arguments: [14, 15, 16, 40]) func matchesTheWholeNameOfAProgram(length: Int) throws {
        let directory = try TemporaryDirectory()
        let unique = uniqueName()
        let name = unique + String(repeating: "x", count: length - unique.utf8.count - 1) + "z"
        let link = directory.file(name)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: TestProducts.path(of: "test-process"))
        let process = try ChildProcess(link)
        #expect(try process.readLine() == "ready \(process.pid)")
        let knell = try KnellRun(configuration(watching: name, rule: ["exitCode: fromTarget"]))
        #expect(try knell.await("target.found")["name"] == name)
        try knell.await("rule.watching")
        _ = try process.ask("exit 6")
        #expect(try knell.exitCode() == 6)
    }

    @Test(arguments: [") S 1 (", "a b)", "()", "\\\"{", ":=\t"]) func isNotMisledByTheName(suffix: String) throws {
        let name = String(uniqueName().prefix(8)) + suffix
        let main = try Target(name)
        let pattern = name.map { "\\()[]{}".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        // In a JSON string, which is YAML too.
        let quoted = String(decoding: try JSONEncoder().encode("^\(pattern)$"), as: UTF8.self)
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{name: \(quoted)}]}, exitCode: fromTarget}
            """)
        #expect(try knell.await("target.found")["name"] == name)
        try knell.await("rule.watching")
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 3)
    }

    @Test func holdsOnToAProcessThatRenamesItself() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: main.name, rule: ["exitCode: fromTarget"], actions: ["touch: \(directory.file("done"))"]))
        try knell.await("rule.watching")
        try main.obey("name other")
        try main.obey("title something else")
        #expect(!directory.holds("done"))
        try main.obey("exit 5")
        #expect(try knell.exitCode() == 5)
        #expect(knell.events(named: "target.exited").map { $0["pid"] } == [Int(main.pid)])
    }

    @Test func leavesItselfAndTheShellThatStartedItOut() throws {
        let (marker, directory) = (uniqueName(), try TemporaryDirectory())
        let text = """
            version: 1
            rules:
              - name: r
                watch: {processes: [{commandLine: '\(marker)'}], startTimeout: 1s}
                exitCode: {ended: fromTarget, notStarted: 4}
            """
        let options = ["--termination-log", directory.file(marker)]
        // The shell stays, since it has something to do afterwards, and holds the pattern in its arguments.
        let shell = ["/bin/sh", "-c", "\"$@\"; exit $?", marker]
        let alone = try KnellRun(text, options: options, wrapper: shell)
        #expect(try alone.exitCode() == 4)
        #expect(alone.events(named: "target.found").isEmpty)

        let main = try Target(arguments: ["--\(marker)"])
        let knell = try KnellRun(text, options: options, wrapper: shell)
        try knell.await("rule.watching")
        try main.obey("exit 6")
        #expect(try knell.exitCode() == 6)
        #expect(knell.events(named: "target.found").map { $0["pid"] } == [Int(main.pid)])
    }

    @Test func watchesSixHundredProcessesOfOneName() throws {
        let (parent, name, directory) = (try Target(), uniqueName(), try TemporaryDirectory())
        try parent.obey("crowd 600 \(name)")
        let knell = try KnellRun(
            configuration(watching: name, rule: ["exitCode: fromTarget"], actions: ["touch: \(directory.file("done"))"])
        )
        try knell.await("rule.watching")
        // A line for each; where this test was kept from reading for so long that Knell dropped lines, none that it does not
        // account for.
        func areAllTold(_ name: String) -> Bool {
            let dropped = knell.events(named: "log.dropped").reduce(0) { sum, event in
                sum + (event["error"].flatMap { (text: String) in Int(text.prefix { $0.isNumber }) } ?? 0)
            }
            let told = knell.events(named: name).count
            return told <= 600 && told + dropped >= 600
        }
        #expect(areAllTold("target.found"))
        #expect(!directory.holds("done"))
        // Takes the crowd with it.
        parent.process.kill(SIGKILL)
        #expect(try knell.exitCode() == 137)
        #expect(areAllTold("target.exited"))
        #expect(knell.events(named: "rule.fired").count == 1)
        #expect(directory.holds("done"))
    }

    @Test func leavesChildrenOfAMatchOutOfTheOutcome() throws {
        let main = try Target()
        let child = try main.spawn(main.name)
        let knell = try KnellRun(configuration(watching: main.name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        #expect(knell.events(named: "target.found").count == 2)
        try main.endChild(child, "exit 9")
        try main.obey("exit 0")
        #expect(try knell.exitCode() == 0)
    }
}
