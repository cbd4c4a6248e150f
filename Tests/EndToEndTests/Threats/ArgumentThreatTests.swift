import Foundation
import TestSupport
import Testing

/// Arguments that are made to keep Knell busy, or that hold what nobody is to read.
@Suite(.timeLimit(.minutes(10)))
struct ArgumentThreatTests {
    /// Patterns as configurations have them, each with arguments on which a matcher that begins anew at every byte takes
    /// from seconds to minutes.
    @Test(arguments: [("airflow.*worker", "airflow"), ("[a-z]+ [0-9]", "airflow"), ("(a|b)*a(a|b){12}c", "abbab")])
    func takeNoTimeThatTheyDecide(pattern: String, part: String) throws {
        let marker = uniqueName()
        // One argument has at most 128 KiB, execve(2), and no more is read of all.
        let text = String(repeating: part, count: 120_000 / part.utf8.count)
        let hostile = try Target(arguments: [text])
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{commandLine: '\(pattern).*\(marker)'}], startTimeout: 1s}
                exitCode: {notStarted: 4}
            """, to: "knell.yaml")
        let completion = try Knell.run(
            ["run", "--config", file], wrapper: [TestProducts.path(of: "test-process"), "--measure"])
        #expect(completion.exitCode == 4)
        try #require(Measurement(completion.output), "\(completion.output)").expectModest()
        try hostile.exit()
    }

    @Test func areFoundAtTheEndOfMany() throws {
        let marker = uniqueName()
        let main = try Target(arguments: [String(repeating: "airflow ", count: 12_000), marker])
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{commandLine: 'airflow.*\(marker)'}]}, exitCode: fromTarget}
            """)
        try knell.await("rule.watching")
        // What it is called afterwards does not matter.
        try main.obey("title ")
        try main.exit(7)
        #expect(try knell.exitCode() == 7)
    }

    @Test(arguments: ["json", "text"]) func areNeverLogged(format: String) throws {
        let (secret, directory) = ("s3cret-token", try TemporaryDirectory())
        let main = try Target(arguments: ["--token=\(secret)"])
        let verdict = directory.file("verdict")
        let knell = try KnellRun(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: '^\(main.name)$', commandLine: '--token='}]}
                actions: [{signal: {process: {commandLine: '--token='}}}]
            """, options: ["--log-format", format, "--log-level", "debug", "--termination-log", verdict])
        var log = ""
        while let line = try knell.process.readLine(from: .standardError) {
            log += line
            if line.contains("rule.watching") { try main.exit() }
        }
        #expect(log.contains("target.found") && !log.contains(secret))
        #expect(try directory.read("verdict").contains("exitCode") && !directory.read("verdict").contains(secret))
    }
}
