import Foundation
import TestSupport
import Testing

/// Processes that pretend to be the main one, and what a selector can say against them.
@Suite(.timeLimit(.minutes(10)))
struct ImpostorThreatTests {
    @Test(.enabled(if: isRoot, "changing the user takes root"))
    func ofAnotherUserNeitherEndsARuleNorHoldsIt() throws {
        let main = try Target(uid: 65_534)
        let (early, late) = (try Target(main.name), try Target(main.name))
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{name: '^\(main.name)$', user: 65534}]}, exitCode: fromTarget}
            """)
        try knell.await("rule.watching")
        try early.exit(9)
        try main.exit(3)
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "target.found").map { $0["pid"] } == [Int(main.pid)])
        try late.exit()
    }

    @Test func ofAnotherProgramIsNoTarget() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        // The same name, another file.
        let copy = directory.file(main.name)
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: copy)
        let impostor = try ChildProcess(copy, ["3600"])
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '^\(main.name)$', executable: '/test-process$'}]}
                exitCode: fromTarget
            """)
        try knell.await("rule.watching")
        try main.exit(3)
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "target.found").map { $0["pid"] } == [Int(main.pid)])
        impostor.kill(SIGKILL)
    }

    @Test func thatNeverEndsHoldsADrainNoLongerThanItsTimeout() throws {
        let (impostor, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(
                watching: impostor.name, top: ["terminationTimeout: 300ms"], rule: ["exitCode: {terminated: 5}"],
                actions: ["touch: \(directory.file("done"))"]))
        try knell.await("rule.watching")
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 5)
        #expect(directory.holds("done"))
        try impostor.exit()
    }

    @Test func thatComesAndGoesFiresARuleOnce() throws {
        let (name, directory) = (uniqueName(), try TemporaryDirectory())
        let main = try Target(name)
        let knell = try KnellRun(
            configuration(
                watching: name, rule: ["gracePeriod: 100ms", "exitCode: fromTarget"],
                actions: ["touch: \(directory.file("done"))"]))
        try knell.await("rule.watching")
        for _ in 0..<20 { try Target(name).exit(1) }
        #expect(!directory.holds("done"))
        try main.exit(0)
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "rule.fired").count == 1)
    }
}
