import EngineWalks
import Glibc

/// Random walks through the engine; `make walks` runs it.
@main
struct EngineWalksCommand {
    static func main() async {
        let arguments: Arguments
        do throws(UsageFault) {
            arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
        } catch {
            StandardOutput.print("engine-walks: \(error)")
            exit(64)
        }
        SeedBoard.watch(jobs: arguments.jobs)
        switch arguments.task {
        case .explore(let firstBlock, let events):
            exit(await explore(firstBlock, events, arguments))
        case .replay(let seed):
            SeedBoard.enter(seed, job: 0)
            let result = Walk.recording(seed: seed, isTold: true)
            SeedBoard.leave(job: 0)
            StandardOutput.print(Narrative(result).text)
            guard result.breach != nil else { return }
            guard let report = FailureReport(seed: seed) else { exit(unrepeatable) }
            StandardOutput.print(report.text(seed: seed))
            exit(1)
        case .show(let known):
            let result = Walk.going(known, isTold: true)
            StandardOutput.print(Narrative(result).text)
            exit(result.breach == nil ? 0 : 1)
        }
    }

    /// The status where a law was broken in a walk, but not when the walk is gone again.
    private static let unrepeatable: Int32 = 70
    /// The status where no event was told, so that nothing is known.
    private static let unwalked: Int32 = 2

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
        if outcome.failure == nil, outcome.tally.eventCount == 0 {
            StandardError.print("engine-walks: no event was told")
            return unwalked
        }
        if arguments.isBrief { return tellBriefly(outcome) }
        StandardOutput.print(Report(outcome: outcome, firstBlock: firstBlock, seconds: seconds).text)
        guard let failure = outcome.failure else {
            // Each job ends at a block of its own, so behind the last seed some more are walked.
            let lastSeed = (firstBlock + outcome.blocksWithoutGap) * WalkBlock.size - 1
            StandardOutput.print(
                "Every law is kept in \(outcome.walks) walks, among them all from seed \(firstSeed) to \(lastSeed).")
            return 0
        }
        guard let report = FailureReport(seed: failure.seed) else {
            StandardOutput.print("\(failure.breach) in the walk of seed \(failure.seed), but not when it is gone again")
            return unrepeatable
        }
        StandardOutput.print(report.text(seed: failure.seed))
        return 1
    }

    /// Tab-separated: walks, events, seed, law, rules and events of the smallest case.
    private static func tellBriefly(_ outcome: Exploration.Outcome) -> Int32 {
        guard let failure = outcome.failure else {
            StandardOutput.print("\(outcome.walks)\t\(outcome.tally.eventCount)\t\t\t\t")
            return 0
        }
        guard let report = FailureReport(seed: failure.seed) else { return unrepeatable }
        let rules = report.smallest.texts.first.map { $0.components(of: "- name: r") } ?? 0
        StandardOutput.print(
            "\(outcome.walks)\t\(outcome.tally.eventCount)\t\(failure.seed)\t\(failure.breach.law.rawValue)\t"
                + "\(rules)\t\(report.smallest.tally.eventCount)")
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
