package import SupervisorCore

/// One of the things that happen to a ``Machine``.
package enum Happening: Hashable, Sendable {
    case start
    case birth(Descent)
    case death(Inhabitant)
    /// The end of a process is told that lives.
    case falseEnd(Inhabitant)
    /// The moment at which a look reads the process table.
    case reading([TargetQuery], number: Int)
    /// What the engine is told.
    case delivery(Event)
    case reload(version: Int)
    /// Time passes while nothing moves, as in a machine that is suspended.
    case jump(Duration)
    /// The engine is told what it has not asked for.
    case stray(Stray)
}

/// What nobody waits for, and what must change nothing.
package enum Stray: Hashable, Sendable, CaseIterable {
    case earlyWake, exit, exitOfFormerOwner, result, formerResult, gone, scan, scanFailure
}

/// Which process: the kind, the line of descent and the generation in it.
package struct Descent: Hashable, Sendable {
    let kind: Int
    let line: Int
    let generation: Int

    /// The key of a choice about this process.
    func key(_ topic: Topic) -> ChoiceKey { ChoiceKey(topic, kind, line, generation) }

    /// The key of one of several choices about this process, of which the kinds leave room in the first number.
    func key(_ topic: Topic, _ number: Int) -> ChoiceKey {
        ChoiceKey(topic, kind + number * PlanDraft.kinds.count, line, generation)
    }
}

/// A process of the machine.
package struct Inhabitant: Hashable, Sendable {
    let identity: ProcessIdentity
    let descent: Descent
    let parentPID: Int32

    var kind: String { PlanDraft.kinds[descent.kind] }
}

/// What is going to happen, in the order of time; at one moment what was entered first.
struct Agenda: Sendable {
    private struct Entry {
        let time: Instant
        let happening: Happening
    }

    /// The latest first, so that the next one is cheap to take.
    private var entries: [Entry] = []

    /// When the next thing happens.
    var next: Instant? { entries.last?.time }

    mutating func add(_ happening: Happening, at time: Instant) {
        let place = entries.lastIndex { $0.time > time }.map { $0 + 1 } ?? 0
        entries.insert(Entry(time: time, happening: happening), at: place)
    }

    /// Takes the next thing that happens.
    mutating func take() -> Happening? { entries.popLast()?.happening }

    mutating func remove(_ happening: Happening) { entries.removeAll { $0.happening == happening } }
}
