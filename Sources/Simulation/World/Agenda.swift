internal import SupervisorCore

/// What is going to happen, in the order of time; at one moment by rank, and within a rank what was entered first.
struct Agenda<Item> {
    /// What comes first at one moment.
    enum Rank: Int {
        /// A process that follows another without a pause is there when somebody looks because of the other's end, as it
        /// would be after some microseconds.
        case start
        case end
        case other
    }

    private struct Entry {
        let time: Instant
        let rank: Rank
        let order: Int
        let item: Item

        func comes(before other: Entry) -> Bool {
            (time, rank.rawValue, order) < (other.time, other.rank.rawValue, other.order)
        }
    }

    /// The latest first, so that the next one is cheap to take.
    private var entries: [Entry] = []
    private var lastOrder = 0

    /// When the next thing happens.
    var next: Instant? { entries.last?.time }

    mutating func add(_ item: Item, at time: Instant, rank: Rank) {
        lastOrder += 1
        let entry = Entry(time: time, rank: rank, order: lastOrder, item: item)
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].comes(before: entry) { high = middle } else { low = middle + 1 }
        }
        entries.insert(entry, at: low)
    }

    /// Takes the next thing that is due; `nil` where nothing is.
    mutating func take(dueAt now: Instant) -> Item? {
        guard let entry = entries.last, entry.time <= now else { return nil }
        entries.removeLast()
        return entry.item
    }
}
