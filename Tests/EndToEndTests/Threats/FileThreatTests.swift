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

    /// Also where containers share /dev/shm, which is not a part of /dev that an image has made.
    @Test(arguments: [nil, "/dev/shm"]) func aVerdictIsNotWrittenThroughALink(shared: String?) throws {
        let directory = try TemporaryDirectory()
        let victim = try directory.write("precious", to: "victim")
        let link = shared.map { "\($0)/\(uniqueName())" } ?? directory.file("verdict")
        defer { try? FileManager.default.removeItem(atPath: link) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: victim)
        let knell = try run("sleep: 1ms", options: ["--termination-log", link])
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "verdict.unwritten").first?["error"]?.contains("ELOOP") == true)
        #expect(try directory.read("victim") == "precious")
    }

    @Test func aVerdictCanGoToAStandardStream() throws {
        let directory = try TemporaryDirectory()
        try directory.write("kept\n", to: "output")
        let redirected = ["/bin/sh", "-c", "exec \"$@\" >>\(directory.file("output"))", "sh"]
        let knell = try run("sleep: 1ms", options: ["--termination-log", "/dev/stdout"], wrapper: redirected)
        #expect(try knell.exitCode() == 0)
        let output = try directory.read("output")
        #expect(output.hasPrefix("kept\n") && output.contains("\"exitCode\":0"), "\(output)")
    }

    @Test(arguments: [true, false]) func aTouchedLinkIsLeftAlone(leadsSomewhere: Bool) throws {
        let directory = try TemporaryDirectory()
        var before: Date?
        if leadsSomewhere {
            before = try modified(try directory.write("precious", to: "victim"))
        }
        let link = directory.file("done")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.file("victim"))
        let knell = try run("touch: \(link)")
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("symbolic link") == true)
        #expect(directory.holds("victim") == leadsSomewhere)
        if leadsSomewhere { #expect(try modified(directory.file("victim")) == before) }
    }

    private func modified(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
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

    @Test func anAuthorityThatIsAFIFOHoldsNothingUp() throws {
        let directory = try TemporaryDirectory()
        #expect(unsafe mkfifo(directory.file("ca"), 0o666) == 0)
        let knell = try run(
            "{http: {url: 'https://127.0.0.1:1/', tls: {caFile: '\(directory.file("ca"))'}}, retry: {attempts: 1}}")
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("holds no certificate") == true)
    }

    /// What SECURITY.md leaves to the operator: a link in a volume that others write to leads to whatever Knell may read.
    @Test func aSecretIsReadThroughALink() throws {
        let (directory, server) = (try TemporaryDirectory(), try ScriptedServer(script: [.answer(200)]))
        let (secret, link) = (try directory.write("s3cret", to: "secret"), directory.file("token"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: secret)
        let knell = try run("http: {url: 'http://127.0.0.1:\(server.port)/', headers: {x: {fromFile: '\(link)'}}}")
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.first?.contains("x: s3cret") == true)
    }
}
