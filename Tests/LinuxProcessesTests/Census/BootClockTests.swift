import SupervisorCore
import Testing

@testable import LinuxProcesses

struct BootClockTests {
    private func process(_ ticks: UInt64) -> ProcessIdentity { ProcessIdentity(pid: 7, startTicks: ticks) }

    @Test func turnsTicksIntoTimesAndAges() {
        let clock = BootClock(bootTime: 1_000, uptime: 12_500, ticksPerSecond: 100)
        #expect(clock.startTime(of: process(705)) == 1_007_050)
        #expect(clock.age(of: process(705)) == 5_450)
        #expect(clock.age(of: process(1_250)) == 0)
    }

    @Test func tellsNothingThatItDoesNotKnow() {
        let clock = BootClock(bootTime: nil, uptime: nil)
        #expect(clock.startTime(of: process(1)) == nil)
        #expect(clock.age(of: process(1)) == nil)
        // Younger than the clock, in a recorded table; and a number that is no time.
        #expect(BootClock(bootTime: 1, uptime: 10).age(of: process(2)) == nil)
        #expect(BootClock(bootTime: 1, uptime: 10).startTime(of: process(.max)) == nil)
    }

    @Test(
        arguments: [
            ("cpu 1 2\nbtime 1764077042\nprocesses 5\n", 1_764_077_042), ("cpu 1\n", nil), ("btime x\n", nil),
            ("btime -1\n", nil), ("btime 99999999999999999\n", nil), ("", nil),
        ] as [(String, Int64?)])
    func readsTheBootTime(text: String, expected: Int64?) {
        #expect(BootClock.bootTime(inStat: Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("12.50 20.00\n", 12_500), ("0.00 0.00\n", 0), ("12 20\n", nil), ("-1.00 1\n", nil), ("", nil),
            ("a.bc d", nil),
        ] as [(String, Int64?)])
    func readsTheUptime(text: String, expected: Int64?) {
        #expect(BootClock.uptime(inUptime: Array(text.utf8)) == expected)
    }

    @Test func readsTheTableThatItIsGiven() throws {
        let recorded = BootClock(of: try Fixture.proc("proc-pod"))
        #expect(recorded.uptime == 12_500)
        #expect(recorded.bootTime == nil)
        let live = BootClock(of: try ProcFS())
        #expect(live.bootTime ?? 0 > 0)
        #expect(live.age(of: try ProcFS().identity(of: 1)) ?? -1 >= 0)
    }
}
