import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import Simulation

/// Passing over the looks that show nothing new changes nothing but the time that a simulation takes.
struct SkippingTests {
    /// A plan and a scenario of chance, repeatable by their number.
    private struct Sample {
        let configuration: String
        let scenario: String

        init(number: UInt64) {
            var random = SeededGenerator(seed: number)
            func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
            let times = ["0s", "1ms", "300ms", "500ms", "700ms", "1s", "1500ms", "3s", "10s", "12345ms"]
            let rules = (0..<pick([1, 1, 2, 3])).map { index in
                let targets = (0..<pick([1, 1, 2])).map { _ in "{name: ^\(pick(["a", "b", "c"]))$}" }
                var watch = "processes: [\(targets.joined(separator: ", "))], until: \(pick(["allEnded", "anyEnded"]))"
                if pick([true, false]) { watch += ", startTimeout: \(pick(["1ms", "2s", "5300ms", "20s"]))" }
                let actions = [
                    "{sleep: \(pick(times))}", "{touch: /a}", "{signal: {process: {name: ^\(pick(["a", "b"]))$}}}",
                    "{http: {url: 'http://127.0.0.1/'}}",
                ]
                let repeats = pick([true, false, false])
                return "  - {name: r\(index), watch: {\(watch)}, gracePeriod: \(pick(times)), repeat: \(repeats), "
                    + "actions: [\(pick(actions)), \(pick(actions))]}"
            }
            configuration = "version: 1\nterminationTimeout: \(pick(times))\nrules:\n\(rules.joined(separator: "\n"))\n"
            let processes = (0..<pick([1, 2, 4, 6])).map { _ in
                var process =
                    "{name: \(pick(["a", "b", "c", "d"])), startsAt: \(pick(times)), exitCode: \(pick([0, 3]))"
                if pick([true, true, false]) { process += ", runsFor: \(pick(times))" }
                if pick([true, false]) { process += ", restarts: [{after: \(pick(times)), runsFor: \(pick(times))}]" }
                return process + "}"
            }
            var events: [String] = []
            if pick([true, false]) {
                events.append("{at: \(pick(times)), procUnreadable: \(pick(["1ms", "2s", "8s"]))}")
            }
            if pick([true, false]) { events.append("{at: 15s, signal: SIGTERM}") }
            scenario = """
                seed: \(number)
                timeLimit: \(pick(["20s", "1m"]))
                processes: [\(processes.joined(separator: ", "))]
                events: [\(events.joined(separator: ", "))]
                """
        }
    }

    @Test(arguments: 0..<20)
    func theTimelineIsTheSame(round: Int) throws {
        for number in UInt64(round * 25)..<UInt64(round * 25 + 25) {
            let sample = Sample(number: number)
            let plan = try Plan.parsing(sample.configuration)
            var limits = Simulation.Limits()
            let quick = try simulate(plan, sample.scenario, limits: limits)
            limits.passesOverScans = false
            let slow = try simulate(plan, sample.scenario, limits: limits)
            #expect(quick.timeline == slow.timeline, "sample \(number)")
            #expect(quick.ending == slow.ending, "sample \(number)")
        }
    }
}
