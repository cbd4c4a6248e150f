import SupervisorCore
import Testing

@testable import Supervisor

struct TallyTests {
    private func tally(_ records: LogRecord...) -> Tally {
        var tally = Tally()
        for (index, record) in records.enumerated() { tally.count(record, at: "t\(index)") }
        return tally
    }

    private func record(_ name: LogRecord.Name, _ change: (inout LogRecord) -> Void = { _ in }) -> LogRecord {
        LogRecord(name).with {
            $0.rule = "r"
            change(&$0)
        }
    }

    @Test(
        arguments: [
            (0, nil, .succeeded), (3, nil, .failed), (nil, "SIGKILL", .signalled), (nil, nil, .unknown),
        ] as [(Int32?, String?, Tally.Ending)])
    func tellsHowProcessesEnded(code: Int32?, signal: String?, ending: Tally.Ending) throws {
        let tally = tally(
            record(.targetExited) {
                $0.exitCode = code
                $0.signal = signal
            })
        #expect(tally.rules["r"]?.endings == [ending: 1])
    }

    @Test func countsActionsByTheirResultAndAddsUpTheirTime() throws {
        let tally = tally(
            record(.actionStarted), record(.actionRetried) { $0.error = "refused" },
            record(.actionSucceeded) { $0.duration = .milliseconds(1_250) },
            record(.actionFailed) { $0.duration = .milliseconds(500) },
            record(.actionSkipped), record(.actionSkipped))
        let counts = try #require(tally.rules["r"])
        #expect(counts.actions == [.succeeded: 1, .failed: 1, .skipped: 2])
        #expect(counts.retries == 1)
        #expect(counts.actionTime == .milliseconds(1_750))
        #expect(counts.actionCount == 2)
    }

    @Test func keepsRulesApart() throws {
        let tally = tally(
            record(.ruleFired) { $0.outcome = "failed" },
            record(.ruleFired) {
                $0.rule = "other"
                $0.outcome = "succeeded"
            },
            record(.ruleFired) { $0.outcome = "failed" })
        #expect(tally.rules.mapValues(\.firings) == ["r": ["failed": 2], "other": ["succeeded": 1]])
    }

    @Test(
        arguments: [
            (.ruleWatching, .watching), (.ruleResumed, .watching), (.ruleGrace, .grace), (.ruleFired, .acting),
            (.ruleFinished, .finished),
        ] as [(LogRecord.Name, RuleStatus.State)])
    func remembersTheLastChangeOfState(name: LogRecord.Name, state: RuleStatus.State) throws {
        let tally = tally(record(.ruleWatching), record(name), record(.actionStarted))
        #expect(tally.rules["r"]?.lastChange == Tally.Change(state: state, time: "t1"))
    }

    @Test func countsSignalsByName() throws {
        let tally = tally(
            LogRecord(.signalReceived).with { $0.signal = "SIGTERM" },
            LogRecord(.signalReceived).with { $0.signal = "SIGHUP" },
            LogRecord(.signalReceived).with { $0.signal = "SIGHUP" })
        #expect(tally.signals == ["SIGTERM": 1, "SIGHUP": 2])
    }

    @Test func remembersTheLastReload() throws {
        let tally = tally(
            LogRecord(.configReloaded), LogRecord(.configRejected).with { $0.error = "no rules" })
        #expect(tally.reloads == [.reloaded: 1, .rejected: 1])
        #expect(tally.lastReload == Tally.Reload(result: .rejected, time: "t1", note: nil, error: "no rules"))
    }

    @Test func knowsWhichChangesPrecedeAReload() throws {
        let tally = tally(
            record(.ruleFinished), record(.ruleFinished) { $0.rule = "other" }, LogRecord(.configReloaded),
            record(.ruleWatching) { $0.rule = "other" })
        #expect(tally.rules["r"]?.lastChange?.precedesReload == true)
        #expect(tally.rules["other"]?.lastChange?.precedesReload == false)
    }

    @Test func countsScansAndTheirFailures() throws {
        var tally = Tally()
        tally.countScan()
        tally.countScan()
        tally.countScanFailure()
        #expect(tally.scans == 2 && tally.scanFailures == 1)
    }

    @Test func forgetsRulesThatAreGone() throws {
        var tally = tally(record(.actionRetried), record(.actionRetried) { $0.rule = "other" })
        tally.keep(["other", "new"])
        #expect(Set(tally.rules.keys) == ["other"])
    }

    @Test func countsNothingForWhatIsNoNumber() throws {
        #expect(tally(LogRecord(.runStarted), LogRecord(.logDropped), LogRecord(.statusListening)) == Tally())
    }
}
