import Foundation
import Glibc
import TestSupport
import Testing

/// `--wait-for`: what has to answer before the command starts.
@Suite(.timeLimit(.minutes(10)))
struct WaitForTests {
    @Test func startsTheCommandOnceEveryURLAnswers() throws {
        let slow = try ScriptedServer(script: [.answer(503), .closeAtOnce, .answer(404), .answer(200)])
        let ready = try ScriptedServer(script: [.answer(204)])
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", "exit 3"],
            options: [slow, ready].flatMap { ["--wait-for", "http://127.0.0.1:\($0.port)/ready?token=x"] })
        #expect(try knell.exitCode() == 3)
        #expect(slow.requests.count == 3)
        #expect(slow.acceptedCount == 4)
        #expect(ready.requests.count == 1)
        #expect(ready.requests.first?.hasPrefix("GET /ready?token=x HTTP/1.1\r\n") == true)
        // A query may hold what nobody should read.
        #expect(!knell.events.contains { $0.description.contains("token") })
    }

    @Test func startsNothingWhereNoAnswerComesInTime() throws {
        let (port, directory) = (try DeafPort(), try TemporaryDirectory())
        let knell = try KnellRun(
            executing: ["/bin/touch", directory.file("started")],
            configuration: configuration(
                watching: "any", rule: ["exitCode: {notStarted: 7}"], actions: ["touch: \(directory.file("done"))"]),
            options: ["--wait-for", "http://127.0.0.1:\(port.number)/", "--wait-timeout", "300ms"])
        #expect(try knell.exitCode() == 7)
        #expect(!directory.holds("started"))
        #expect(directory.holds("done"))
        #expect(knell.events(named: "command.failed").first?["error"]?.contains("refused") == true)
    }

    @Test func failsWithoutAnyRuleWhereNoAnswerComesInTime() throws {
        let port = try DeafPort()
        let knell = try KnellRun(
            executing: ["/bin/true"],
            options: ["--wait-for", "http://127.0.0.1:\(port.number)/", "--wait-timeout", "100ms"])
        #expect(try knell.exitCode() == 1)
    }

    @Test func startsAllTheSameOnDemand() throws {
        let server = try ScriptedServer(script: [.sendAndHang("")])
        let knell = try KnellRun(
            executing: ["/bin/sh", "-c", "exit 4"],
            options: [
                "--wait-for", "http://127.0.0.1:\(server.port)/", "--wait-timeout", "200ms", "--on-wait-timeout",
                "start",
            ])
        #expect(try knell.exitCode() == 4)
        #expect(knell.events(named: "command.waiting", ["level": "warning"]).count == 1)
    }

    @Test func runsNothingWhereThePolicySaysSo() throws {
        let (server, directory) = (try ScriptedServer(script: [.sendAndHang("")]), try TemporaryDirectory())
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(
                watching: "any", top: ["onTerminate: exit"], actions: ["touch: \(directory.file("done"))"]),
            options: ["--wait-for", "http://127.0.0.1:\(server.port)/"])
        try awaitReadable(server.arrival)
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
        #expect(!directory.holds("done"))
    }

    @Test func countsASignalDuringTheWaitAsTheFirst() throws {
        let (gate, endless) = (
            try ScriptedServer(script: [.sendAndHang("")]), try ScriptedServer(script: [.sendAndHang("")])
        )
        let knell = try KnellRun(
            executing: ["/bin/true"],
            configuration: configuration(
                watching: "any", actions: ["{http: {url: 'http://127.0.0.1:\(endless.port)/'}, timeout: 10m}"]),
            options: ["--wait-for", "http://127.0.0.1:\(gate.port)/"])
        try awaitReadable(gate.arrival)
        knell.process.kill(SIGTERM)
        try awaitReadable(endless.arrival)
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
    }

    @Test func looksForNothingBeforeTheCommandHasStarted() throws {
        let (gate, directory) = (try ScriptedServer(script: [.sendAndHang("")]), try TemporaryDirectory())
        let text = configuration(watching: "any", actions: ["touch: \(directory.file("done"))"])
        let knell = try KnellRun(
            executing: ["/bin/true"], configuration: text,
            options: ["--wait-for", "http://127.0.0.1:\(gate.port)/", "--wait-timeout", "10m"])
        try awaitReadable(gate.arrival)
        try knell.replaceConfiguration(text.replacingOccurrences(of: "any", with: "other"))
        knell.process.kill(SIGTERM)
        #expect(try knell.exitCode() == 143)
        let names = knell.eventNames
        #expect(names.firstIndex(of: "rule.fired").map { names[..<$0].contains("run.started") } == true)
        #expect(!names.contains("target.found"))
    }

    @Test func waitsInADryRunToo() throws {
        let server = try ScriptedServer(script: [.answer(503), .answer(200)])
        let knell = try KnellRun(
            executing: ["/bin/true"], options: ["--dry-run", "--wait-for", "http://127.0.0.1:\(server.port)/"])
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 2)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func startsNothingAfterASignal(signal: Int32) throws {
        let (server, directory) = (try ScriptedServer(script: [.sendAndHang("")]), try TemporaryDirectory())
        let knell = try KnellRun(
            executing: ["/bin/touch", directory.file("started")],
            configuration: configuration(
                watching: "any", actions: ["{touch: \(directory.file("done")), when: [terminated]}"]),
            options: ["--wait-for", "http://127.0.0.1:\(server.port)/"])
        try awaitReadable(server.arrival)
        knell.process.kill(signal)
        #expect(try knell.exitCode() == 128 + signal)
        #expect(!directory.holds("started"))
        // The proxy still has to be told, or the pod never completes.
        #expect(directory.holds("done"))
    }
}
