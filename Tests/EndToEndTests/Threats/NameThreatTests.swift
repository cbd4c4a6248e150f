import Foundation
import TestSupport
import Testing

/// What another container's processes call themselves, in order to forge what Knell says or to make it say too much.
@Suite(.timeLimit(.minutes(10)))
struct NameThreatTests {
    private static let suffixes = [
        "\n{\"e\":1}", "\r\n", "\u{1B}[2J", "\u{9B}31m", "\u{202E}x", "\"}\n{", "\u{7F}\u{8}", "\t\u{B}",
    ]

    private func run(_ prefix: String, _ options: [String]) throws -> KnellRun {
        try KnellRun(
            """
            version: 1
            rules:
              - {name: r, watch: {processes: [{name: '^\(prefix)'}]}, exitCode: fromTarget}
            """, options: options)
    }

    @Test(arguments: suffixes, ["json", "text"]) func isPlainTextOnOneLineInTheLog(suffix: String, format: String)
        throws
    {
        let prefix = String(uniqueName().suffix(7))
        let main = try Target(prefix + suffix)
        let knell = try run(prefix, ["--log-format", format])
        var lines: [String] = []
        while let line = try knell.process.readLine(from: .standardError) {
            lines.append(line)
            if line.contains("rule.watching") { try main.exit(3) }
        }
        #expect(lines.filter { $0.contains("target.found") && $0.contains(prefix) }.count == 1)
        for line in lines {
            #expect(line.hasPrefix(format == "json" ? "{\"time\":" : "2"), "\(line)")
            let isPlain = line.unicodeScalars.allSatisfy { scalar in
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            }
            #expect(isPlain, "\(line)")
            if format == "json" { _ = try LogEvent(line) }
        }
        #expect(Knell.exitCode(ofWaitStatus: try knell.process.wait()) == 3)
    }

    @Test(arguments: suffixes) func isTextInTheStatusPage(suffix: String) throws {
        let prefix = String(uniqueName().suffix(7))
        let main = try Target(prefix + suffix)
        let knell = try run(prefix, ["--status-listen", "127.0.0.1:0"])
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        #expect("\(try RawClient.status(port: port))".contains(prefix))
        let metrics = try RawClient(port: port).get("/metrics").body
        // Names of processes are no labels: a pod could make as many of them as it likes.
        #expect(!metrics.isEmpty && !metrics.contains(prefix))
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test func isNoLongerThanTheNameOfAFileCanBe() throws {
        let directory = try TemporaryDirectory()
        let name = uniqueName() + "xyz"
        let link = directory.file(name)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: TestProducts.path(of: "test-process"))
        // The kernel has cut the name at 15 bytes; what begins with them in argv[0] could complete it.
        let process = try ChildProcess(link, argumentZero: name + String(repeating: "y", count: 100_000))
        #expect(try process.readLine() == "ready \(process.pid)")
        let knell = try run(name, [])
        #expect(try knell.await("target.found")["name"] == name)
        try knell.await("rule.watching")
        _ = try process.ask("exit 0")
        #expect(try knell.exitCode() == 0)
        #expect(knell.events.allSatisfy { $0.description.utf8.count < 1_024 })
    }
}
