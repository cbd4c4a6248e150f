import ConfigModel
import EngineWalks
import StatusServer
import SupervisorCore
import TestSupport

@testable import Supervisor

extension StatusSnapshot {
    /// A run in which everything is there that a page can tell: rule `first` has failed and is finished, `second` acts,
    /// `third` waits, and a SIGTERM has come.
    static func example() throws -> StatusSnapshot {
        var shell = ModelShell(
            try Plan.parsing(
                """
                version: 1
                terminationTimeout: 8s
                rules:
                  - name: first
                    watch: {processes: [{name: a}]}
                    actions: [{touch: /x}]
                  - name: second
                    watch: {processes: [{name: a}]}
                    actions: [{sleep: 1h}]
                  - name: third
                    watch: {processes: [{name: b}, {name: c}]}
                """))
        var tally = Tally()
        func process(_ pid: Int32) -> ProcessIdentity { ProcessIdentity(pid: pid, startTicks: 1) }
        func sightings(_ pids: [Int32]) -> [Sighting] {
            pids.map { Sighting(process: process($0), parentPID: 1, name: "n\($0)") }
        }
        func target(_ rule: Int, _ index: Int = 0) -> TargetID { TargetID(rule: RuleID(rule), index: index) }
        let crowd = Array(100..<120 as Range<Int32>)
        func tell(_ event: Event) throws {
            for case .log(let record) in try shell.send(event) {
                tally.count(record, at: "2026-11-25T12:00:0\(min(9, tally.scans)).000Z")
            }
            tally.countScan()
        }
        try tell(.started)
        try tell(
            .scanned(
                ScanResult(sightings: [
                    target(0): sightings([7]), target(1): sightings([7]), target(2): sightings(crowd),
                ])))
        try tell(.exited(process(7), ExitReport(status: .exited(3), source: .pidfdInfo)))
        try tell(.scanned(ScanResult(sightings: [target(2): sightings(crowd)])))
        let attempt = AttemptID(action: ActionID(rule: RuleID(0), index: 0), serial: 1)
        try tell(.attemptFinished(attempt, .failed(reason: "the disk is \"full\"", isTransient: false)))
        try tell(.stopRequested(.terminate))
        tally.count(
            LogRecord(.configRejected).with {
                $0.error = "1 fault"
                $0.note = "the old one stays"
            }, at: "2026-11-25T12:00:08.000Z")
        return StatusSnapshot(
            identity: Identity(version: "1.2.3", isDryRun: false, startedAt: 1_795_613_814_985),
            uptime: .milliseconds(5_250), now: shell.now + .seconds(3), run: shell.engine.status,
            command: Command(state: .ended, pid: 17, status: .exited(3)), tally: tally,
            droppedLines: 4)
    }
}
