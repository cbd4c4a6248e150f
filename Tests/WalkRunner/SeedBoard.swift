import Glibc

/// Which seeds are being walked, so that a crash and a walk without an end can be told by their seeds.
enum SeedBoard {
    /// How many jobs there may be.
    static let capacity = 64
    /// The processor time that a job may take for one block, which takes milliseconds.
    static let patience = Duration.seconds(60)

    /// What a job does; read by a signal's handler, where nothing else may be used.
    private struct Job {
        var seed = UInt64.max
        /// In seconds of the process's processor time, that of all jobs.
        var deadline = Int.max
        var isShrinking = false
    }

    // Written by one job each. Never freed.
    nonisolated(unsafe) private static let jobs: UnsafeMutablePointer<Job> = {
        let jobs = UnsafeMutablePointer<Job>.allocate(capacity: capacity)
        unsafe jobs.initialize(repeating: Job(), count: capacity)
        return unsafe jobs
    }()
    /// How many jobs share the processor time.
    nonisolated(unsafe) private static var jobCount = 1

    /// Tells of the seeds in hand when the process crashes, or when a job takes too long for what it does.
    ///
    /// Time is processor time, so that no load of the machine passes for a hang.
    static func watch(jobs count: Int) {
        unsafe jobCount = count
        unsafe _ = jobs[0]
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT] {
            signal(number) { SeedBoard.tell("crashed", signal: $0) { $0.seed != .max } }
        }
        signal(SIGPROF) { number in
            let now = SeedBoard.processorSeconds
            for job in 0..<SeedBoard.capacity where unsafe SeedBoard.jobs[job].deadline < now {
                SeedBoard.tell("hangs", signal: number) { $0.deadline < SeedBoard.processorSeconds }
            }
        }
        var second = itimerval(
            it_interval: timeval(tv_sec: 1, tv_usec: 0), it_value: timeval(tv_sec: 1, tv_usec: 0))
        _ = unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &second, nil)
    }

    /// A job begins to walk from this seed on, or to make the walk of this seed small, which takes its time.
    static func enter(_ seed: UInt64, job: Int, shrinkingWithin time: Duration? = nil) {
        let share = Int((patience + (time ?? .zero)).components.seconds)
        unsafe jobs[job] = Job(
            seed: seed, deadline: processorSeconds + share * jobCount, isShrinking: time != nil)
    }

    /// A job has nothing in hand any more.
    static func leave(job: Int) { unsafe jobs[job] = Job() }

    /// The processor time that the process has taken.
    private static var processorSeconds: Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec
    }

    /// Writes without memory from the heap, as a handler must, and ends the process.
    private static func tell(_ what: StaticString, signal: Int32, of isMeant: (Job) -> Bool) {
        write("engine-walks ")
        write(what)
        for job in 0..<capacity {
            let job = unsafe jobs[job]
            guard isMeant(job) else { continue }
            write(job.isShrinking ? ", making small the walk of seed" : ", in one of the walks from seed")
            write(job.seed)
            if !job.isShrinking { write(" on") }
        }
        write("; the lines above, or make walks SEED=..., say more\n")
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
