import Foundation
import TestSupport
import Testing

/// Links and files in volumes that another container can write to.
@Suite(.timeLimit(.minutes(10)))
struct FileThreatTests {
    /// Runs to the end with one action, and returns the run.
    private func run(_ action: String, options: [String] = [], wrapper: [String] = []) throws -> KnellRun {
        let main = try Target()
        let knell = try KnellRun(
            configuration(watching: main.name, actions: [action]), options: options, wrapper: wrapper)
        try knell.await("rule.watching")
        try main.exit()
        return knell
    }

    @Test func aVerdictIsNotWrittenThroughALink() throws {
        let directory = try TemporaryDirectory()
        let victim = try directory.write("precious", to: "victim")
        let link = directory.file("verdict")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: victim)
        let knell = try run("sleep: 1ms", options: ["--termination-log", link])
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "verdict.unwritten").first?["error"]?.contains("ELOOP") == true)
        #expect(try directory.read("victim") == "precious")
    }

    @Test func aVerdictCanGoToAStandardStream() throws {
        let directory = try TemporaryDirectory()
        let redirected = ["/bin/sh", "-c", "exec \"$@\" >\(directory.file("output"))", "sh"]
        let knell = try run("sleep: 1ms", options: ["--termination-log", "/dev/stdout"], wrapper: redirected)
        #expect(try knell.exitCode() == 0)
        #expect(try directory.read("output").contains("\"exitCode\":0"))
    }

    @Test(arguments: [true, false]) func aTouchedLinkIsLeftAlone(leadsSomewhere: Bool) throws {
        let directory = try TemporaryDirectory()
        if leadsSomewhere { try directory.write("precious", to: "victim") }
        let link = directory.file("done")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("victim"))
        let knell = try run("touch: \(link)")
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("symbolic link") == true)
        #expect(directory.holds("victim") == leadsSomewhere)
    }

    /// It is read without waiting, as an empty file is.
    @Test func aSecretThatIsAFIFOHoldsNothingUp() throws {
        let (directory, server) = (try TemporaryDirectory(), try ScriptedServer(script: [.answer(200)]))
        #expect(unsafe mkfifo(directory.file("token"), 0o666) == 0)
        let knell = try run(
            "{http: {url: 'http://127.0.0.1:\(server.port)/', headers: {x: {fromFile: '\(directory.file("token"))'}}}, timeout: 500ms, retry: {attempts: 1}}"
        )
        #expect(try knell.exitCode() == 0)
        #expect(server.acceptedCount == 1)
        #expect(knell.events(named: "action.succeeded").first?["attempt"] == 1)
    }
}
