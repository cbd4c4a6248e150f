internal import ConfigModel
internal import SupervisorCore

/// A pod in virtual time: processes live and die, endpoints answer, and what the engine asks for is done.
///
/// It draws no lots and reads no clock: the same scenario and the same effects give the same events.
struct World {
    /// A process that lives.
    struct Life {
        let identity: ProcessIdentity
        /// The index of the process in the scenario.
        let process: Int
        /// The index of this life among the process's.
        let number: Int
        let parentPID: Int32
    }

    /// What is going to happen.
    enum Happening {
        case start(process: Int, life: Int)
        case end(ProcessIdentity, process: Int, SimulatedEnd)
        /// The peer or the program of an attempt is through, whether or not anybody still waits for it.
        case reply(AttemptID, AttemptResult, stops: [SimulatedEndpoint.Stop])
        case event(SimulatedEvent.Kind)
        case procReadable
    }

    /// What came of the world's part in the run.
    struct Record {
        var requests: [SimulationResult.Request] = []
        var touches: [String] = []
        var signals: [SimulationResult.Signalled] = []
        var programs: [String] = []
    }

    private static let firstPID: Int32 = 100

    let scenario: Scenario
    var matcher: ProcessMatcher
    private(set) var agenda = Agenda<Happening>()
    var record = Record()
    /// By the process's index; `nil` while it does not live.
    private(set) var lives: [Life?]
    /// Grows with every start and end.
    private(set) var population = 0
    /// The population that the last scan saw.
    var scannedPopulation: Int?
    /// /proc cannot be read while this is above 0.
    var unreadable = 0
    /// The attempts that somebody waits for.
    var running: Set<AttemptID> = []
    /// Who waits for which processes to be gone; those of a pid are pinned when the waiting begins.
    var awaitedGone: [ActionID: Awaited] = [:]
    /// How many answers each endpoint has given.
    var answered: [Int]
    private var watched: Set<ProcessIdentity> = []
    private var past: [ProcessIdentity: SimulatedEnd] = [:]
    private var lastPID = firstPID - 1
    private var lastStart: UInt64 = 0
    private let takenPIDs: Set<Int32>

    /// The pod before anything has happened in it; `budget` bounds the bytes that selectors are tried against.
    init(_ scenario: Scenario, budget: Int) {
        self.scenario = scenario
        matcher = ProcessMatcher(scenario.processes, budget: budget)
        lives = scenario.processes.map { _ in nil }
        answered = scenario.endpoints.map { _ in 0 }
        takenPIDs = Set(scenario.processes.compactMap(\.pid))
        for (index, process) in scenario.processes.enumerated() {
            enter(.start(process: index, life: 0), at: Instant(nanoseconds: 0) + process.lives[0].startsAfter)
        }
        for event in scenario.events { enter(.event(event.kind), at: Instant(nanoseconds: 0) + event.at) }
    }

    /// Lets something happen at its time.
    mutating func enter(_ happening: Happening, at time: Instant) {
        let rank: Agenda<Happening>.Rank =
            switch happening {
            case .start: .start
            case .end: .end
            case .reply, .event, .procReadable: .other
            }
        agenda.add(happening, at: time, rank: rank)
    }

    /// Whether a scan now would be answered as the last one was.
    var isScanKnown: Bool { scannedPopulation == population && unreadable == 0 }

    /// The living processes of this name, by the scenario's word.
    func living(named name: String) -> [Life] {
        lives.compactMap(\.self).filter { scenario.processes[$0.process].name == name }
    }

    /// The living process of this pid.
    func living(pid: Int32) -> Life? { lives.compactMap(\.self).first { $0.identity.pid == pid } }

    /// The living processes that a selector matches, by their pids.
    mutating func living(matching selector: ProcessSelector) -> [Life] {
        matcher.matches(selector).compactMap { lives[$0] }.sorted { $0.identity.pid < $1.identity.pid }
    }

    /// Takes the next thing that is due.
    mutating func takeNext(dueAt now: Instant) -> Happening? { agenda.take(dueAt: now) }

    // MARK: Lives

    /// Begins a life of a process, and enters its end where it ends by itself.
    mutating func start(_ index: Int, life number: Int, at now: Instant) {
        guard lives[index] == nil else { return }
        let process = scenario.processes[index]
        lastStart += 1
        let identity = ProcessIdentity(pid: takePID(for: process, life: number), startTicks: lastStart)
        lives[index] = Life(
            identity: identity, process: index, number: number, parentPID: parentPID(of: process, index))
        population += 1
        let life = process.lives[number]
        if let runsFor = life.runsFor { enter(.end(identity, process: index, life.end), at: now + runsFor) }
    }

    /// Ends a life, reports it where it is watched, and enters the next one where there is one.
    mutating func end(
        _ identity: ProcessIdentity, process index: Int, _ end: SimulatedEnd, at now: Instant, _ events: inout [Event]
    ) {
        guard let life = lives[index], life.identity == identity else { return }  // it has ended before
        lives[index] = nil
        population += 1
        past[identity] = end
        if watched.remove(identity) != nil { events.append(.exited(identity, ExitReport(end))) }
        let next = life.number + 1
        if next < scenario.processes[index].lives.count {
            let pause = scenario.processes[index].lives[next].startsAfter
            enter(.start(process: index, life: next), at: now + pause)
        }
    }

    /// Reports the end of a process from now on, at once where it has ended already.
    mutating func watch(_ identity: ProcessIdentity, _ events: inout [Event]) {
        if let end = past[identity] {
            events.append(.exited(identity, ExitReport(end)))
        } else {
            watched.insert(identity)
        }
    }

    mutating func unwatch(_ identity: ProcessIdentity) { watched.remove(identity) }

    private mutating func takePID(for process: SimulatedProcess, life: Int) -> Int32 {
        if let pid = process.pid, life == 0 { return pid }
        repeat { lastPID += 1 } while takenPIDs.contains(lastPID)
        return lastPID
    }

    private func parentPID(of process: SimulatedProcess, _ index: Int) -> Int32 {
        switch process.parent {
        case nil: 0  // the first process of a container, seen from a shared PID namespace
        case .pid(let pid): pid
        case .name(let name): living(named: name).first { $0.process != index }?.identity.pid ?? 0
        }
    }
}

extension ExitReport {
    /// What Knell learns of an end.
    init(_ end: SimulatedEnd) {
        switch end {
        case .exitCode(let code): self.init(status: .exited(code), source: .pidfdInfo)
        case .signal(let signal): self.init(status: .signalled(signal.number), source: .pidfdInfo)
        case .unknown: self = .unknown
        }
    }
}
