package import ConfigModel
internal import SupervisorCore

/// Runs the engine in virtual time against the model of a pod.
///
/// Pure and deterministic: no clock, no process table, no socket, and the same input gives the same result.
package enum Simulation {
    /// What a simulation may cost, so that a rule without an end does not run for ever.
    package struct Limits: Sendable {
        /// Events of the engine; a look through the process table counts by its size too.
        package var work = 200_000
        /// Lines of the timeline.
        package var records = 100_000
        /// Matches of one look through the process table.
        package var matches = 50_000
        /// Bytes of names, arguments and paths that selectors are tried against.
        package var comparedBytes = 4_000_000
        /// Timed looks that can show nothing new are passed over; `false` for tests that compare.
        package var passesOverScans = true

        package init() {}
    }

    /// Goes through the scenario until Knell exits, nothing more can happen, or a limit is reached.
    ///
    /// - Parameters:
    ///   - plan: What Knell starts with.
    ///   - scenario: The pod and what happens in it.
    ///   - configurations: What takes the plan's place, by the names in the scenario's events.
    ///   - seed: In place of the scenario's.
    ///   - limits: What it may cost.
    /// - Returns: The timeline, the verdict, and what was done in the pod.
    package static func run(
        _ plan: Plan, in scenario: Scenario, configurations: [String: Plan] = [:], seed: UInt64? = nil,
        limits: Limits = Limits()
    ) -> SimulationResult {
        var run = SimulationRun(
            plan: plan, scenario: scenario, configurations: configurations, seed: seed ?? scenario.seed, limits: limits)
        return run.result()
    }
}

/// One simulation under way.
private struct SimulationRun {
    private static let start = Instant(nanoseconds: 0)

    private let scenario: Scenario
    private let configurations: [String: Plan]
    private let limits: Simulation.Limits
    private var engine: Engine
    private var world: World
    private var now = start
    private var queue: [Event] = []
    private var timeline: [SimulationResult.Entry] = []
    private var work = 0
    private var overload: String?

    init(
        plan: Plan, scenario: Scenario, configurations: [String: Plan], seed: UInt64, limits: Simulation.Limits
    ) {
        self.scenario = scenario
        self.configurations = configurations
        self.limits = limits
        engine = Engine(plan: plan, seed: seed, at: Self.start)
        world = World(scenario, budget: limits.comparedBytes)
    }

    mutating func result() -> SimulationResult {
        let ending = ending()
        var open: [String] = []
        if engine.verdict == nil {
            for rule in engine.status.rules where rule.state != .finished {
                // A rule that is looking is always the newest version of it.
                let selectors = engine.plan.rules.first { $0.name == rule.name }?.targets ?? []
                open.append(world.statement(about: rule, selectors))
            }
        }
        return SimulationResult(
            timeline: timeline, ending: ending, endedAt: elapsed, open: open,
            requests: world.record.requests, touches: world.record.touches, signals: world.record.signals,
            programs: world.record.programs)
    }

    private mutating func ending() -> SimulationResult.Ending {
        // What is there from the start is there before Knell looks.
        let first = world.advance(to: now)
        handle(.started)
        take(first)
        let end = Self.start + scenario.timeLimit
        while true {
            if let verdict = engine.verdict { return .exit(verdict) }
            if let overload { return .overload(overload) }
            if world.agenda.next == nil, world.isScanKnown, engine.nextDecision == nil { return .standstill }
            if limits.passesOverScans, world.isScanKnown {
                engine.passOverScans(before: min(world.agenda.next ?? .endOfTime, end + .nanoseconds(1)))
            }
            let deadline = [engine.nextDeadline, world.agenda.next].compactMap(\.self).min()
            guard let deadline else { return .standstill }
            guard deadline <= end else {
                now = end
                return .timeLimit(scenario.timeLimit)
            }
            now = max(now, deadline)
            take(world.advance(to: now))
            if let deadline = engine.nextDeadline, deadline <= now { handle(.deadlineReached) }
        }
    }

    /// Virtual time so far, as the result has it.
    private var elapsed: Duration { .milliseconds((now - Self.start).wholeMilliseconds) }

    private mutating func take(_ notices: [World.Notice]) {
        for notice in notices {
            switch notice {
            case .event(let event): queue.append(event)
            case .hangup:
                tell(
                    LogRecord(.signalReceived).with {
                        $0.signal = Signal(number: 1).description
                        $0.note = "the configuration is the same"
                    })
            case .configuration(let file):
                guard let plan = configurations[file] else {
                    preconditionFailure("the configuration \(file) of the scenario was not read")
                }
                queue.append(.reloaded(plan))
            }
        }
        handleQueue()
    }

    private mutating func handle(_ event: Event) {
        queue.append(event)
        handleQueue()
    }

    /// Hands everything to the engine that waits for it, and what its effects lead to at once.
    private mutating func handleQueue() {
        var first = 0
        while first < queue.count, overload == nil {
            let event = queue[first]
            first += 1
            for effect in engine.handle(event, at: now) { perform(effect) }
            spend(1)
            if world.matcher.isExhausted {
                overload = "selectors would be tried against more than \(limits.comparedBytes) bytes of processes"
            }
        }
        queue.removeAll(keepingCapacity: true)
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .scan(let queries):
            let (event, matches) = world.scan(queries, limit: limits.matches)
            if matches > limits.matches {
                overload = "one look through /proc has more than \(limits.matches) matches"
                return
            }
            spend((queries.count + matches) / 16)
            queue.append(event)
        case .watch(let process): world.watch(process, &queue)
        case .unwatch(let process): world.unwatch(process)
        case .start(let id, let action): queue += world.begin(id, action, at: now)
        case .cancel(let id): queue += world.cancel(id)
        case .awaitGone(let id, let reference): queue += world.awaitGone(id, reference)
        case .stopAwaitingGone(let id): world.awaitedGone[id] = nil
        case .log(let record): tell(record)
        }
    }

    private mutating func tell(_ record: LogRecord) {
        guard timeline.count < limits.records else {
            overload = "the timeline has \(limits.records) lines"
            return
        }
        timeline.append(SimulationResult.Entry(at: elapsed, record: record))
    }

    private mutating func spend(_ amount: Int) {
        work += amount
        if work > limits.work, overload == nil { overload = "it takes more than \(limits.work) steps" }
    }
}

extension Instant {
    fileprivate static let endOfTime = Instant(nanoseconds: .max)
}
