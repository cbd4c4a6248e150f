import ConfigModel
import SupervisorCore
import Testing

/// The pauses between attempts.
struct BackoffTests {
    private static func pauses(_ policy: RetryPolicy, count: Int, seed: UInt64) -> [Duration] {
        var generator = SeededGenerator(seed: seed)
        return (1...count).map { policy.pause(afterAttempt: $0, using: &generator) }
    }

    @Test(arguments: [(1, 500), (2, 1_000), (3, 2_000), (5, 8_000), (6, 10_000), (7, 10_000), (100, 10_000)])
    func doublesUpToTheLongestGiveOrTakeAFifth(attempt: Int, nominal: Int64) {
        let policy = RetryPolicy(attempts: 100, delay: .milliseconds(500), maxDelay: .seconds(10))
        var shortest = Duration.seconds(3_600)
        var longest = Duration.zero
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let pause = policy.pause(afterAttempt: attempt, using: &generator)
            shortest = min(shortest, pause)
            longest = max(longest, pause)
        }
        #expect(shortest >= .milliseconds(nominal * 4 / 5))
        #expect(shortest < .milliseconds(nominal * 85 / 100))
        #expect(longest <= .milliseconds(min(nominal * 6 / 5, 10_000)))
        #expect(longest > .milliseconds(min(nominal * 115 / 100, 9_999)))
    }

    @Test func repeatsWithItsSeedAndNotWithAnother() {
        let policy = RetryPolicy(attempts: 9, delay: .seconds(1), maxDelay: .seconds(60))
        #expect(Self.pauses(policy, count: 8, seed: 7) == Self.pauses(policy, count: 8, seed: 7))
        #expect(Self.pauses(policy, count: 8, seed: 7) != Self.pauses(policy, count: 8, seed: 8))
    }

    @Test func theGeneratorIsSplitMix64() {
        // The first numbers for the seed 1234567, as the authors' own program prints them.
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(
            (1...3).map { _ in generator.next() }
                == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test(arguments: [
        RetryPolicy(attempts: 2, delay: .nanoseconds(1), maxDelay: .nanoseconds(1)),
        RetryPolicy(attempts: 2, delay: .zero, maxDelay: .seconds(1)),
        RetryPolicy(attempts: 2, delay: .seconds(1), maxDelay: .milliseconds(1)),
        RetryPolicy(attempts: 2, delay: .seconds(Int64.max), maxDelay: .seconds(Int64.max)),
    ])
    func staysWithinItsBoundsAtTheExtremes(policy: RetryPolicy) {
        for attempt in [Int.min, 0, 1, 41, 64, .max] {
            var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(attempt)))
            let pause = policy.pause(afterAttempt: attempt, using: &generator)
            #expect(pause >= .zero)
            #expect(pause <= policy.maxDelay)
        }
    }
}
