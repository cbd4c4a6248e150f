import Foundation
import TestSupport
import Testing

/// What processes of another container, even of Knell's own user, can read of Knell or do to it.
@Suite(.timeLimit(.minutes(10)))
struct PeerThreatTests {
    private static let asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

    /// What a process of the same user reads of Knell's through /proc.
    private func read(_ file: String, environment: [String]) throws -> Knell.Completion {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let knell = try KnellRun(
            configuration(watching: main.name), wrapper: Self.asNobody, environment: environment + ["TOKEN=s3cret"],
            program: try directory.copy(ofProgram: Knell.path))
        try knell.await("rule.watching")
        let completion = try Knell.run(
            [
                "--reuid", "65534", "--regid", "65534", "--clear-groups", "ls", "-lL",
                "/proc/\(knell.process.pid)/\(file)",
            ],
            program: "setpriv")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        return completion
    }

    @Test(.enabled(if: isRoot, "changing the user takes root"), arguments: ["fd/2", "root/", "cwd/"])
    func seeNothingOfKnellsFilesThroughProc(file: String) throws {
        #expect(try read(file, environment: []).exitCode != 0)
        // The check can tell the difference.
        #expect(try read(file, environment: ["KNELL_DEBUGGABLE=1"]).exitCode == 0)
    }

    @Test(.enabled(if: isRoot, "changing the user takes root"), arguments: ["environ", "mem"])
    func readNothingOfKnellsMemory(file: String) throws {
        // A file that belongs to root, with a mode that lets its owner alone in.
        #expect(try read(file, environment: []).output.contains("root"))
        #expect(try !read(file, environment: ["KNELL_DEBUGGABLE=1"]).output.contains("root"))
    }

    @Test func doNotStopItByAStormOfReloads() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        for _ in 0..<500 { knell.process.kill(SIGHUP) }
        try main.exit(3)
        #expect(try knell.exitCode() == 3)
        #expect(knell.events(named: "target.exited").count == 1)
    }

    @Test func startNothingInKnellThroughItsEnvironment() throws {
        // A value is put in once and is not read again: what it spells is text.
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["{http: {url: 'http://127.0.0.1:\(server.port)/', body: 'a $(VALUE) z'}}"]),
            environment: ["VALUE=$(PATH) `id` $(id)"])
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.first?.hasSuffix("a $(PATH) `id` $(id) z") == true)
    }
}
