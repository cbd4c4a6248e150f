/// Makes a case in which a law is broken as small as it gets, with the same law broken.
///
/// Choices are left out in pieces, first large ones and then one by one, and those that are left are lowered; this is
/// repeated until nothing helps any more. What is left out is chosen as the simplest, and nothing else changes its meaning.
///
/// A choice less may cost an event or two, but not a hundred: a run that nobody stops is no simpler to read.
package struct Shrinking {
    /// What was found of a case in which the law is broken.
    struct Finding {
        /// The choices that were asked for; the others are left out by the way.
        let needed: Case
        /// How many events it took.
        let events: Int

        /// What a reader has to take in.
        var cost: Int { events + 3 * needed.choices.count }
    }

    /// The law that is broken.
    package let law: Law
    /// The smallest case so far.
    package private(set) var smallest: Case
    /// How many cases were tried.
    package private(set) var tries = 0
    private let limit: Int
    private let isLate: () -> Bool
    private var cost = Int.max
    private let find: (Case) -> Finding?

    /// Begins with a case in which `law` is broken; no more than `limit` others are tried, and none once `isLate` says so.
    package init(_ known: Case, breaking law: Law, limit: Int = 6_000, isLate: @escaping () -> Bool = { false }) {
        self.init(known, breaking: law, limit: limit, isLate: isLate) { candidate in
            let result = Walk.going(candidate)
            return result.breach?.law == law
                ? Finding(needed: result.made, events: result.tally.eventCount) : nil
        }
    }

    /// The same with a test of one's own, which finds `nil` where the law is kept.
    init(
        _ known: Case, breaking law: Law, limit: Int, isLate: @escaping () -> Bool = { false },
        test: @escaping (Case) -> Finding?
    ) {
        self.law = law
        self.limit = limit
        self.isLate = isLate
        smallest = known
        find = test
    }

    /// Tries until nothing helps any more.
    package mutating func run() {
        if let finding = find(smallest) { cost = finding.cost }
        while mayGoOn {
            let before = smallest
            leaveOut()
            lower()
            if smallest == before { return }
        }
    }

    private var mayGoOn: Bool { tries < limit && !isLate() }

    private mutating func accept(_ candidate: Case) -> Bool {
        guard mayGoOn, candidate != smallest else { return false }
        tries += 1
        guard let finding = find(candidate), finding.cost <= cost else { return false }
        smallest = finding.needed
        cost = finding.cost
        return true
    }

    /// Leaves out pieces of half the choices, a quarter, and so on.
    private mutating func leaveOut() {
        var size = max(1, smallest.choices.count / 2)
        while true {
            var place = 0
            // From the end: what comes from outside first, the configuration last.
            while place < smallest.choices.count, mayGoOn {
                let keys = Array(smallest.choices.keys.sorted().reversed())
                var candidate = smallest
                for key in keys[place..<min(place + size, keys.count)] { candidate.choices[key] = nil }
                if !accept(candidate) { place += size }
            }
            if size == 1 { return }
            size /= 2
        }
    }

    /// Lowers each choice as far as it goes.
    private mutating func lower() {
        for key in smallest.choices.keys.sorted() {
            guard let value = smallest.choices[key], value > 1 else { continue }
            var low = 0
            var high = value
            // Not every smaller number need do, so this finds a small one, not the smallest.
            while low + 1 < high, mayGoOn {
                let middle = (low + high) / 2
                var candidate = smallest
                candidate.choices[key] = middle
                if accept(candidate) { high = middle } else { low = middle }
            }
        }
    }
}
