import EngineWalks
import Glibc

/// Random walks through the engine; `make walks` runs it.
@main
struct EngineWalksCommand {
    static func main() async {
        SeedBoard.watch()
        let arguments: Arguments
        do throws(UsageFault) {
            arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
        } catch {
            StandardOutput.print("engine-walks: \(error)")
            exit(64)
        }
        switch arguments.task {
        case .explore(let firstBlock, let events):
            exit(await explore(firstBlock, events, arguments))
        case .replay(let seed):
            SeedBoard.enter(seed, job: 0)
            let result = Walk.recording(seed: seed, isTold: true)
            StandardOutput.print(Narrative(result).text)
            guard let report = FailureReport(seed: seed) else { return }
            StandardOutput.print(report.text(seed: seed))
            exit(1)
        case .show(let known):
            let result = Walk.going(known, isTold: true)
            StandardOutput.print(Narrative(result).text)
            exit(result.breach == nil ? 0 : 1)
        }
    }

    private static func explore(_ firstBlock: UInt64, _ events: Int, _ arguments: Arguments) async -> Int32 {
        let firstSeed = firstBlock * WalkBlock.size
        if !arguments.isBrief {
            StandardOutput.print("Walks from seed \(firstSeed) on, \(events) events, \(arguments.jobs) jobs …")
        }
        let clock = ContinuousClock()
        let begin = clock.now
        let outcome = await Exploration(firstBlock: firstBlock, events: events, jobs: arguments.jobs).run()
        let seconds =
            Double((clock.now - begin).components.seconds)
            + Double((clock.now - begin).components.attoseconds) / 1e18
        if arguments.isBrief { return tellBriefly(outcome) }
        StandardOutput.print(Report(outcome: outcome, firstBlock: firstBlock, seconds: seconds).text)
        guard let failure = outcome.failure else {
            let lastSeed = (firstBlock + outcome.blocks) * WalkBlock.size - 1
            StandardOutput.print("Every law is kept in the walks of the seeds \(firstSeed) to \(lastSeed).")
            return 0
        }
        if let report = FailureReport(seed: failure.seed) {
            StandardOutput.print(report.text(seed: failure.seed))
        } else {
            StandardOutput.print("\(failure.breach) in the walk of seed \(failure.seed), but not when it is gone again")
        }
        return 1
    }

    /// Tab-separated: walks, events, seed, law, rules and events of the smallest case.
    private static func tellBriefly(_ outcome: Exploration.Outcome) -> Int32 {
        guard let failure = outcome.failure else {
            StandardOutput.print("\(outcome.walks)\t\(outcome.tally.eventCount)\t\t\t\t")
            return 0
        }
        let report = FailureReport(seed: failure.seed)
        let rules = report?.smallest.texts.first.map { $0.components(of: "- name: r") } ?? 0
        StandardOutput.print(
            "\(outcome.walks)\t\(outcome.tally.eventCount)\t\(failure.seed)\t\(failure.breach.law.rawValue)\t"
                + "\(rules)\t\(report?.smallest.tally.eventCount ?? 0)")
        return 1
    }
}

extension String {
    /// How often `part` stands in it, none of them overlapping.
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let place = rest.firstRange(of: part) {
            count += 1
            rest = rest[place.upperBound...]
        }
        return count
    }
}
