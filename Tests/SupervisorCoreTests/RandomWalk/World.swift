import ConfigModel
import SupervisorCore
import TestSupport

/// A machine in virtual time: processes come and go, and what the engine asks for is done late, in vain or not at all.
struct World {
    /// A process of the machine.
    struct Process {
        let identity: ProcessIdentity
        let kind: String
        let parentPID: Int32
    }

    /// What is going to happen.
    enum Happening {
        case birth(kind: String)
        case death(Process)
        /// The moment at which a scan reads the process table.
        case reading([TargetQuery], fails: Bool, answer: Duration)
        case delivery(Event)
    }

    private struct Entry {
        let time: Instant
        let order: Int
        let happening: Happening
    }

    private(set) var random: SeededGenerator
    private(set) var living: [Process] = []
    private var agenda: [Entry] = []
    private var lastPID: Int32 = 100
    private var lastOrder = 0
    /// In percent: how often a scan fails; a machine is sound, shaky or broken.
    private let scanFailures: Int
    /// No process is born after that.
    private let lastBirth: Instant

    init(at now: Instant, using generator: SeededGenerator) {
        random = generator
        scanFailures = random.pick([0, 0, 0, 20, 90])
        lastBirth = now + .seconds(15)
        for kind in RandomPlan.kinds {
            for _ in 0..<random.pick([0, 1, 1, 2]) {
                schedule(.birth(kind: kind), at: now + random.pause(upTo: 4_000))
            }
        }
        if random.chance(60) {
            let moment = Int.random(in: 0...20_000, using: &random)
            schedule(.delivery(.stopRequested(.terminate)), at: now + .milliseconds(moment))
        }
        if random.chance(10) {
            let request = random.pick([Event.StopRequest.terminate, .interrupt])
            schedule(.delivery(.stopRequested(request)), at: now + random.pause(upTo: 20_000))
        }
    }

    /// The configuration is read again, some times, in one of these orders.
    mutating func scheduleReloads(of orders: [Plan], from now: Instant) {
        guard random.chance(40) else { return }
        for _ in 0..<random.pick([1, 2, 8]) {
            let moment = now + .milliseconds(Int.random(in: 0...20_000, using: &random))
            schedule(.delivery(.reloaded(random.pick(orders))), at: moment)
        }
    }

    /// When the next thing happens.
    var next: Instant? { agenda.map(\.time).min() }

    /// The next thing that happens.
    mutating func take() -> Happening? {
        let isEarlier = { (left: Entry, right: Entry) in (left.time, left.order) < (right.time, right.order) }
        guard let first = agenda.indices.min(by: { isEarlier(agenda[$0], agenda[$1]) }) else { return nil }
        return agenda.remove(at: first).happening
    }

    mutating func schedule(_ happening: Happening, at time: Instant) {
        lastOrder += 1
        agenda.append(Entry(time: time, order: lastOrder, happening: happening))
    }

    /// Begins a process, which may be a child of another of its kind.
    mutating func bear(_ kind: String, at now: Instant) {
        guard now < lastBirth else { return }
        lastPID += 1
        let parent = random.chance(30) ? living.last { $0.kind == kind }?.identity.pid : nil
        let process = Process(identity: ProcessIdentity(lastPID), kind: kind, parentPID: parent ?? 1)
        living.append(process)
        schedule(.death(process), at: now + random.pause(upTo: 8_000))
    }

    /// Ends a process; another of its kind may follow.
    mutating func end(_ process: Process, isWatched: Bool, at now: Instant) {
        living.removeAll { $0.identity == process.identity }
        if isWatched { reportEnd(of: process.identity, at: now) }
        if random.chance(50) { schedule(.birth(kind: process.kind), at: now + random.pause(upTo: 3_000)) }
    }

    /// What a scan sees now.
    func matches(of queries: [TargetQuery]) -> ScanResult {
        var result = ScanResult()
        for query in queries {
            let seen = living.filter { $0.kind == query.selector.name?.text }
            guard !seen.isEmpty else { continue }
            result.sightings[query.target] = seen.map {
                Sighting(process: $0.identity, parentPID: $0.parentPID, name: $0.kind)
            }
        }
        return result
    }

    /// Does what the engine asks for.
    mutating func perform(_ effect: Effect, at now: Instant) {
        switch effect {
        case .log, .unwatch: break  // an end that is on its way arrives all the same
        case .scan(let queries):
            let reading = Happening.reading(
                queries, fails: random.chance(scanFailures), answer: random.pause(upTo: 700))
            schedule(reading, at: now + random.pause(upTo: 100))
        case .watch(let process):
            if !living.contains(where: { $0.identity == process }) { reportEnd(of: process, at: now) }
        case .start(let id, let action):
            if random.chance(85) {
                schedule(.delivery(.attemptFinished(id, result(of: action))), at: now + random.pause(upTo: 2_500))
            }
        case .cancel(let id):
            if random.chance(90) {
                schedule(.delivery(.attemptFinished(id, .timedOut)), at: now + random.pause(upTo: 100))
            }
        case .awaitGone(let id, _):
            if random.chance(70) { schedule(.delivery(.processesGone(id)), at: now + random.pause(upTo: 1_500)) }
        case .stopAwaitingGone(let id):
            agenda.removeAll { if case .delivery(.processesGone(id)) = $0.happening { true } else { false } }
        }
    }

    /// The answer to `deadlineReached` is sometimes late.
    mutating func lateness() -> Duration { random.chance(10) ? random.pause(upTo: 2_000) : .zero }

    private mutating func reportEnd(of process: ProcessIdentity, at now: Instant) {
        let status: ExitStatus = random.pick([.exited(0), .exited(0), .exited(0), .unknown, .exited(3), .signalled(9)])
        let source: ExitReport.Source = status == .unknown ? .none : .pidfdInfo
        let event = Event.exited(process, ExitReport(status: status, source: source))
        for _ in 0..<(random.chance(5) ? 2 : 1) { schedule(.delivery(event), at: now + random.pause(upTo: 300)) }
    }

    private mutating func result(of action: Action) -> AttemptResult {
        if random.chance(15) { return .failed(reason: "no", isTransient: random.chance(50)) }
        switch action.kind {
        case .http:
            return random.pick([
                .answered(status: 200), .answered(status: 404), .answered(status: 503), .refused, .dropped, .timedOut,
            ])
        case .signal: return .signalled(count: random.pick([0, 1, 2]))
        case .touch: return .done
        case .exec: return random.pick([.done, .exited(.exited(1)), .exited(.signalled(15)), .exited(.unknown)])
        case .sleep: return .done
        }
    }
}
