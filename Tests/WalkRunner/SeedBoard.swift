import Glibc

/// Which seeds are being walked, so that a crash and a walk without an end can be told by their seeds.
enum SeedBoard {
    /// How many jobs there may be.
    static let capacity = 64
    /// A block of walks takes milliseconds; this is for a machine under load.
    private static let patience: UInt32 = 60
    // Written by one job each and read by a signal's handler, where nothing else may be used. Never freed.
    nonisolated(unsafe) private static let seeds: UnsafeMutablePointer<UInt64> = {
        let seeds = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        unsafe seeds.initialize(repeating: .max, count: capacity)
        return unsafe seeds
    }()

    /// Tells of the seeds in hand when the process crashes, or when no block has begun for long.
    static func watch() {
        unsafe _ = seeds[0]
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
            signal(number) { SeedBoard.tell("crashed", signal: $0) }
        }
        signal(SIGALRM) { SeedBoard.tell("hangs", signal: $0) }
    }

    /// A job begins to walk from this seed on.
    static func enter(_ seed: UInt64, job: Int) {
        unsafe seeds[job] = seed
        alarm(patience)
    }

    /// A job is over.
    static func leave(job: Int) { unsafe seeds[job] = .max }

    /// Writes without memory from the heap, as a handler must, and ends the process.
    private static func tell(_ what: StaticString, signal: Int32) {
        write("engine-walks ")
        write(what)
        write(" in one of the walks from seed")
        for job in 0..<capacity {
            let seed = unsafe seeds[job]
            if seed != .max { write(seed) }
        }
        write(" on; the lines above, or make walks SEED=..., say more\n")
        _exit(128 + signal)
    }

    private static func write(_ text: StaticString) {
        _ = unsafe Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func write(_ number: UInt64) {
        var digit = UInt8(ascii: " ")
        _ = unsafe Glibc.write(2, &digit, 1)
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            digit = UInt8(ascii: "0") + UInt8(number / divisor % 10)
            _ = unsafe Glibc.write(2, &digit, 1)
            divisor /= 10
        }
    }
}
