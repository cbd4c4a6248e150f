internal import Glibc
package import SupervisorCore

/// The clock of the event loop: `CLOCK_MONOTONIC`, which stands still while the machine is suspended.
package enum MonotonicClock {
    /// The time now, in nanoseconds since some point before the start of Knell.
    package static func now() -> Instant {
        var time = timespec()
        // Fails only for an unknown clock or a bad address, clock_gettime(2).
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
