import SupervisorCore
import Testing

/// Arithmetic at the ends of time.
struct InstantTests {
    @Test(
        arguments: [
            (5, .nanoseconds(7), 12), (5, .nanoseconds(-7), -2), (.max - 1, .nanoseconds(1), .max),
            (.max, .nanoseconds(1), .max), (1, .seconds(Int64.max), .max), (.min + 1, .nanoseconds(-2), .min),
            (-2, .seconds(Int64.min), .min),
        ] as [(Int64, Duration, Int64)])
    func addsWithoutLeavingTime(start: Int64, duration: Duration, expected: Int64) {
        #expect(Instant(nanoseconds: start) + duration == Instant(nanoseconds: expected))
    }

    @Test(
        arguments: [
            (12, 5, 7), (5, 12, -7), (.max, .min, .max), (.min, .max, .min), (.min, 1, .min), (.max, -1, .max),
        ] as [(Int64, Int64, Int64)])
    func subtractsWithoutLeavingTime(later: Int64, earlier: Int64, expected: Int64) {
        #expect(Instant(nanoseconds: later) - Instant(nanoseconds: earlier) == .nanoseconds(expected))
    }

    @Test(
        arguments: [
            (.zero, 0), (.nanoseconds(1), 1), (.milliseconds(-1_500), -1_500_000_000), (.seconds(3), 3_000_000_000),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
            (.nanoseconds(Int64.max), .max), (.nanoseconds(Int64.min), .min),
            (.nanoseconds(Int64.max) + .nanoseconds(1), .max), (.nanoseconds(Int64.min) - .nanoseconds(1), .min),
        ] as [(Duration, Int64)])
    func countsNanosecondsUpToTwoHundredAndNinetyTwoYears(duration: Duration, expected: Int64) {
        #expect(duration.wholeNanoseconds == expected)
    }

    @Test(
        arguments: [(.microseconds(1_999), 1), (.microseconds(-1_999), -1), (.seconds(2), 2_000)] as [(Duration, Int64)]
    )
    func cutsMillisecondsTowardsZero(duration: Duration, expected: Int64) {
        #expect(duration.wholeMilliseconds == expected)
    }
}
