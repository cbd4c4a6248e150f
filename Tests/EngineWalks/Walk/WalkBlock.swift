/// Some walks through one configuration, whose versions are read once for all of them.
package struct WalkBlock {
    /// How many walks share a configuration.
    package static let size: UInt64 = 8

    /// A law that was broken, and in the walk of which seed.
    package struct Failure: Sendable {
        package let seed: UInt64
        package let breach: Breach
    }

    package private(set) var tally = WalkTally()
    package private(set) var machine = MachineTally()
    package private(set) var walks = 0
    package private(set) var failure: Failure?

    /// The seed that decides the configuration of the walk with this seed.
    static func planSeed(of seed: UInt64) -> UInt64 { seed / size }

    /// Goes the walks of a block, up to the first in which a law is broken.
    package init(_ number: UInt64) {
        var book = PlanBook(Choices(seed: number))
        for seed in (number * Self.size)..<((number + 1) * Self.size) {
            let result = Walk.going(seed: seed, book: &book)
            tally.add(result.tally)
            machine.add(result.machine)
            walks += 1
            if let breach = result.breach {
                failure = Failure(seed: seed, breach: breach)
                return
            }
        }
    }
}
