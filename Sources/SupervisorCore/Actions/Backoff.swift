package import ConfigModel

/// SplitMix64 (Steele, Lea, Flood 2014): the engine's only source of chance, so that a seed repeats a run.
package struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension RetryPolicy {
    /// The pause after the failed attempt of this number, counted from 1.
    ///
    /// `delay` doubles from attempt to attempt up to `maxDelay`, and is then spread by a fifth either way, so that
    /// helpers that serve many pods are not hit in step. `maxDelay` holds after the spreading, too.
    package func pause(afterAttempt attempt: Int, using generator: inout SeededGenerator) -> Duration {
        let doublings = Int64(min(max(attempt, 1) - 1, 40))
        let (doubled, overflow) = delay.wholeNanoseconds.multipliedReportingOverflow(by: 1 << doublings)
        let ceiling = maxDelay.wholeNanoseconds
        let capped = overflow ? ceiling : min(doubled, ceiling)
        let spread = capped / 5
        let offset = spread > 0 ? Int64(generator.next() % UInt64(2 * spread + 1)) - spread : 0
        return .nanoseconds(capped + min(offset, ceiling - capped))
    }
}
