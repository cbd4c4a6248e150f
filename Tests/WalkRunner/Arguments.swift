import EngineWalks

/// What the command line asks for.
struct Arguments {
    /// What is to be done.
    enum Task {
        /// Go walks from this block on until so many events are told.
        case explore(firstBlock: UInt64, events: Int)
        /// Tell the walk of a seed.
        case replay(seed: UInt64)
        /// Tell the walk of a case.
        case show(Case)
    }

    private(set) var task: Task
    private(set) var jobs = 2
    /// One line for a script instead of a report.
    private(set) var isBrief = false

    /// Reads the arguments; throws what is wrong with them.
    init(_ arguments: [String]) throws(UsageFault) {
        var events = 1_000_000
        // Small enough to be typed.
        var firstSeed = UInt64.random(in: 0..<1_000_000_000_000)
        var other: Task?
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--brief" {
                isBrief = true
                continue
            }
            guard let value = rest.popFirst() else { throw UsageFault(description: "\(name) needs a value") }
            switch (name, Int(value)) {
            case ("--events", let number?) where number > 0: events = number
            case ("--jobs", let number?) where (1...SeedBoard.capacity).contains(number): jobs = number
            case ("--first-seed", let number?) where number >= 0: firstSeed = UInt64(number)
            case ("--seed", let number?) where number >= 0: other = .replay(seed: UInt64(number))
            case ("--case", _):
                guard let known = Case(text: value) else { throw UsageFault(description: "no case: \(value)") }
                other = .show(known)
            default: throw UsageFault(description: "unknown or out of range: \(name) \(value)")
            }
        }
        task = other ?? .explore(firstBlock: firstSeed / WalkBlock.size, events: events)
    }
}

/// What is wrong with the command line.
struct UsageFault: Error, CustomStringConvertible {
    let description: String
}
