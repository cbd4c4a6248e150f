import EngineWalks
import Synchronization

/// Walks on several cores, until so many events are told or a law is broken.
struct Exploration: Sendable {
    /// What has come of them.
    struct Outcome: Sendable {
        var tally = WalkTally()
        var machine = MachineTally()
        var walks = 0
        /// How many blocks from the first one on are walked, all of them.
        var blocksWithoutGap = UInt64.max
        /// The failure of the lowest seed, of those that were found.
        var failure: WalkBlock.Failure?

        mutating func add(_ other: Outcome) {
            tally.add(other.tally)
            machine.add(other.machine)
            walks += other.walks
            blocksWithoutGap = min(blocksWithoutGap, other.blocksWithoutGap)
            if let found = other.failure, failure.map({ found.seed < $0.seed }) ?? true { failure = found }
        }
    }

    let firstBlock: UInt64
    let events: Int
    let jobs: Int

    func run() async -> Outcome {
        let found = Finding()
        return await withTaskGroup(of: Outcome.self) { group in
            for job in 0..<jobs { group.addTask { run(job: job, found) } }
            var outcome = Outcome()
            for await part in group { outcome.add(part) }
            return outcome
        }
    }

    /// One job's share: every so manieth block, so that the same seeds are walked however fast a core is.
    private func run(job: Int, _ found: borrowing Finding) -> Outcome {
        var outcome = Outcome()
        var number = UInt64(job)
        // At least one block, however few events are asked for.
        repeat {
            SeedBoard.enter((firstBlock + number) * WalkBlock.size, job: job)
            let block = WalkBlock(firstBlock + number)
            number += UInt64(jobs)
            outcome.add(
                Outcome(tally: block.tally, machine: block.machine, walks: block.walks, failure: block.failure))
            if let failure = block.failure {
                // Before anything else is tried: whatever becomes of that, the seed is known.
                StandardError.print("engine-walks: seed \(failure.seed): \(failure.breach)")
                found.isThere.store(true, ordering: .relaxed)
                break
            }
        } while outcome.tally.eventCount < events / jobs && !found.isThere.load(ordering: .relaxed)
        // The next block of this job is the first of its blocks that is not walked.
        outcome.blocksWithoutGap = number
        SeedBoard.leave(job: job)
        return outcome
    }
}

/// Whether some job has found a law broken.
private final class Finding: Sendable {
    let isThere = Atomic(false)
}
