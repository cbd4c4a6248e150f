import LinuxProcesses
import Reporting
import StatusServer
import SupervisorCore
import TestSupport
import Testing

@testable import Supervisor

/// The main thread's end, with the thread of the test for the main thread.
@Suite(.timeLimit(.minutes(10)))
struct StatusDeskTests {
    private let loop: EventLoop
    private let log: EventLog
    private let desk: StatusDesk

    init() throws {
        loop = try EventLoop()
        log = EventLog(format: .json, threshold: .info, isDryRun: false, descriptor: -1)
        desk = try StatusDesk(
            on: ListenAddress(parsing: "127.0.0.1:0"), version: "1.2.3", isDryRun: true, loop: loop, log: log)
    }

    private func turn() throws {
        try loop.wait(until: MonotonicClock.now() + ChildProcess.patience)
    }

    @Test func answersWhatWasAskedBeforeItHadAnythingToTell() throws {
        let run = try StatusSnapshot.example().run
        let client = try RawClient(port: desk.port)
        client.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
        try turn()
        desk.begin { (run, nil) }
        let answer = try client.readAnswer()
        #expect(answer.status == 200)
        #expect(answer.body.contains("knell_build_info{version=\"1.2.3\"} 1\n"))
        #expect(answer.body.contains("knell_dry_run 1\n"))
    }

    @Test func countsTheRecordsOfTheLogAndTheScans() throws {
        let run = try StatusSnapshot.example().run
        desk.begin { (run, nil) }
        log.write(LogRecord(.actionRetried).with { $0.rule = "second" })
        log.write(LogRecord(.actionRetried, level: .debug).with { $0.rule = "gone" })
        desk.note(Effect.scan([]))
        desk.note(Effect.scan([]))
        desk.note(Event.scanFailed(reason: "EMFILE"))
        let client = try RawClient(port: desk.port)
        client.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
        try turn()
        let body = try client.readAnswer().body
        #expect(body.contains("knell_action_retries_total{rule=\"second\"} 1\n"))
        #expect(body.contains("knell_scans_total 2\n") && body.contains("knell_scan_failures_total 1\n"))
        #expect(!body.contains("gone"))
    }
}
