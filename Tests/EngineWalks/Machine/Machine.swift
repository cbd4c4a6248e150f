internal import ConfigModel
internal import SupervisorCore

/// A machine in virtual time: processes come and go, and what the engine asks for is done late, in vain or not at all.
struct Machine {
    /// No process is born later than this after the beginning.
    private static let fertility = Duration.seconds(15)
    /// How many lines of descent a kind has.
    private static let lineCount = 3
    /// Generations of one line.
    private static let generationCount = 12

    private(set) var choices: Choices
    private(set) var living: [Inhabitant] = []
    private(set) var tally = MachineTally()
    private var agenda = Agenda()
    private var freePIDs: [Int32] = []
    private var lastPID: Int32 = 100
    private var births: UInt64 = 0
    private var scans = 0
    private var attempts: [ActionID: Int] = [:]
    private var waits: [ActionID: Int] = [:]
    private let lastBirth: Instant
    /// How many looks fail, in percent: a machine is sound, shaky or broken.
    private let unsoundness: Int
    /// While no look succeeds, and processes that live are given up.
    private let outage: Range<Instant>

    init(_ choices: Choices, at now: Instant) {
        self.choices = choices
        lastBirth = now + Self.fertility
        unsoundness = self.choices.pick(ChoiceKey(.soundness), [0, 0, 0, 0, 20, 90])
        var outage = now..<now
        if self.choices.chance(ChoiceKey(.hasOutage), 20) {
            let begin = now + self.choices.time(ChoiceKey(.outageTime), upTo: 8_000)
            // Ten looks in a row take 4.5 s.
            let lengths: [Duration] = [.seconds(1), .seconds(6), .seconds(8), .seconds(12)]
            outage = begin..<begin + self.choices.pick(ChoiceKey(.outageLength), lengths)
        }
        self.outage = outage
        var start = now
        if self.choices.chance(ChoiceKey(.startsLate), 10) {
            start = start + self.choices.time(ChoiceKey(.startsLate, 1), upTo: 3_000)
        }
        agenda.add(.start, at: start)
        for kind in PlanDraft.kinds.indices {
            for line in 0..<Self.lineCount {
                let descent = Descent(kind: kind, line: line, generation: 0)
                guard self.choices.chance(descent.key(.hasProcess), 40) else { continue }
                agenda.add(.birth(descent), at: now + self.choices.time(descent.key(.birthTime), upTo: 4_000))
            }
        }
        enterInterference(from: now, start: start)
    }

    /// What comes from outside.
    private mutating func enterInterference(from now: Instant, start: Instant) {
        for number in 0..<2 where choices.chance(ChoiceKey(.hasStop, number), number == 0 ? 50 : 10) {
            let kinds: [Event.StopRequest] = [.terminate, .terminate, .terminate, .interrupt]
            let request = number == 0 ? .terminate : choices.pick(ChoiceKey(.stopKind, number), kinds)
            let time = choices.time(ChoiceKey(.stopTime, number), upTo: 20_000)
            agenda.add(.delivery(.stopRequested(request)), at: start + time)
        }
        if choices.chance(ChoiceKey(.isAbandoned), 6) {
            let outcome = choices.pick(ChoiceKey(.abandonedAs), [Outcome.notStarted, .terminated])
            agenda.add(
                .delivery(.abandoned(outcome)), at: start + choices.time(ChoiceKey(.abandonTime), upTo: 5_000))
        }
        for number in 0..<6 where choices.chance(ChoiceKey(.hasReload, number), 18) {
            let version = choices.number(ChoiceKey(.reloadVersion, number), below: PlanDraft.versionCount)
            let time = choices.time(ChoiceKey(.reloadTime, number), upTo: 20_000)
            agenda.add(.reload(version: version), at: now + time)
        }
        for number in 0..<2 where choices.chance(ChoiceKey(.hasJump, number), 8) {
            let lengths: [Duration] = [.seconds(1), .milliseconds(500), .seconds(30), .seconds(3_600)]
            let time = choices.time(ChoiceKey(.jumpTime, number), upTo: 15_000)
            agenda.add(.jump(choices.pick(ChoiceKey(.jumpLength, number), lengths)), at: now + time)
        }
        for number in 0..<4 where choices.chance(ChoiceKey(.hasStray, number), 25) {
            let stray = choices.pick(ChoiceKey(.strayKind, number), Stray.allCases)
            agenda.add(.stray(stray), at: start + choices.time(ChoiceKey(.strayTime, number), upTo: 15_000))
        }
    }

    /// What the engine's jitter comes from.
    var jitterSeed: UInt64 {
        mutating get { UInt64(choices.number(ChoiceKey(.jitter), below: 1_000)) }
    }

    /// When the next thing happens.
    var next: Instant? { agenda.next }

    mutating func take() -> Happening? { agenda.take() }

    /// Whether a birth may still be waited for.
    func isFertile(at now: Instant) -> Bool { now <= lastBirth }

    // MARK: Births and deaths

    /// Begins a process, which may be a child of another and may have the pid of one that is gone; `nil` where it is too late.
    mutating func bear(_ descent: Descent, at now: Instant) -> Inhabitant? {
        guard isFertile(at: now) else { return nil }
        births += 1
        tally.births += 1
        var pid = lastPID + 1
        if !freePIDs.isEmpty, choices.chance(descent.key(.takesPIDOfTheDead), 35) {
            pid = freePIDs.removeLast()
            tally.reuses += 1
        } else {
            lastPID = pid
        }
        let siblings = living.filter { $0.descent.kind == descent.kind }
        let parent: Inhabitant? =
            switch choices.number(descent.key(.parent), below: 6) {
            case 4: siblings.last
            case 5: living.last
            default: nil
            }
        if parent != nil { tally.children += 1 }
        let inhabitant = Inhabitant(
            identity: ProcessIdentity(pid: pid, startTicks: births), descent: descent,
            parentPID: parent?.identity.pid ?? 1)
        living.append(inhabitant)
        if choices.chance(descent.key(.dies), 92) {
            agenda.add(.death(inhabitant), at: now + choices.time(descent.key(.lifetime), upTo: 8_000))
        }
        // What is not watched then comes to nothing, so this is often tried.
        for number in 0..<2 where choices.chance(descent.key(.endsFalsely, number), 25) {
            let time = choices.time(descent.key(.falseEndTime, number), upTo: 6_000)
            agenda.add(.falseEnd(inhabitant), at: now + time)
        }
        if now < outage.upperBound, choices.chance(descent.key(.endsFalsely, 2), 60) {
            let time = choices.time(descent.key(.falseEndTime, 2), upTo: 1_500)
            agenda.add(.falseEnd(inhabitant), at: max(now, outage.lowerBound) + time)
        }
        return inhabitant
    }

    /// Tells the end of a watched process without a status, as when nobody can look at it any more; whether it lives.
    mutating func endFalsely(_ inhabitant: Inhabitant, isWatched: Bool, at now: Instant) -> Bool {
        guard isWatched, living.contains(inhabitant) else { return false }
        agenda.add(.delivery(.exited(inhabitant.identity, .unknown)), at: now)
        return true
    }

    /// Ends a process; another of its kind may follow.
    mutating func end(_ inhabitant: Inhabitant, isWatched: Bool, at now: Instant) {
        tally.deaths += 1
        living.removeAll { $0 == inhabitant }
        freePIDs.append(inhabitant.identity.pid)
        if isWatched { reportEnd(of: inhabitant.identity, inhabitant.descent, at: now) }
        ended[inhabitant.identity] = inhabitant.descent
        let descent = inhabitant.descent
        guard descent.generation + 1 < Self.generationCount, choices.chance(descent.key(.hasSuccessor), 55) else {
            return
        }
        let next = Descent(kind: descent.kind, line: descent.line, generation: descent.generation + 1)
        agenda.add(.birth(next), at: now + choices.time(descent.key(.successorDelay), upTo: 3_000))
    }

    private var ended: [ProcessIdentity: Descent] = [:]

    private mutating func reportEnd(of process: ProcessIdentity, _ descent: Descent, at now: Instant) {
        let statuses: [ExitStatus] = [
            .exited(0), .exited(0), .exited(0), .exited(0), .unknown, .exited(3), .exited(4), .signalled(9),
        ]
        let status = choices.pick(descent.key(.status), statuses)
        let source: ExitReport.Source = status == .unknown ? .none : .pidfdInfo
        let event = Event.exited(process, ExitReport(status: status, source: source))
        let time = now + choices.time(descent.key(.endDelay), upTo: 300)
        agenda.add(.delivery(event), at: time)
        if choices.chance(descent.key(.endsTwice), 5) { agenda.add(.delivery(event), at: time) }
    }

    /// What a look sees now; `nil` where it fails.
    mutating func read(_ queries: [TargetQuery], number: Int, at now: Instant) {
        var event = Event.scanFailed(reason: "EMFILE")
        // `unsoundness` is a choice itself, so that a failure does not depend on it when the case is known.
        if !outage.contains(now), !choices.chance(ChoiceKey(.scanFails, number), unsoundness) {
            var result = ScanResult()
            for query in queries {
                let seen = living.filter { query.selector.name?.text.contains($0.kind) ?? false }
                guard !seen.isEmpty else { continue }
                result.sightings[query.target] = seen.map {
                    Sighting(process: $0.identity, parentPID: $0.parentPID, name: $0.kind)
                }
            }
            event = .scanned(result)
        }
        agenda.add(.delivery(event), at: now + choices.time(ChoiceKey(.answerDelay, number), upTo: 700))
    }

    // MARK: What the engine asks for

    /// Does what the engine asks for.
    mutating func perform(_ effect: Effect, at now: Instant) {
        switch effect {
        case .log, .unwatch: break  // an end that is on its way arrives all the same
        case .scan(let queries):
            scans += 1
            let delay = choices.time(ChoiceKey(.readingDelay, scans), upTo: 100)
            agenda.add(.reading(queries, number: scans), at: now + delay)
        case .watch(let process):
            if let descent = ended[process] { reportEnd(of: process, descent, at: now) }
        case .start(let id, let action):
            attempts[id.action, default: 0] += 1
            let key = key(of: id)
            guard !choices.chance(key(.isSilent), 12) else { return }
            let result = result(of: action, key(.answer))
            agenda.add(.delivery(.attemptFinished(id, result)), at: now + choices.time(key(.attemptTime), upTo: 2_500))
        case .cancel(let id):
            let key = key(of: id)
            guard !choices.chance(key(.ignoresCancel), 12) else { return }
            agenda.add(
                .delivery(.attemptFinished(id, .timedOut)), at: now + choices.time(key(.cancelTime), upTo: 2_400))
        case .awaitGone(let id, _):
            waits[id, default: 0] += 1
            let number = waits[id] ?? 0
            func key(_ topic: Topic) -> ChoiceKey { ChoiceKey(topic, id.rule.number, id.index, number) }
            guard !choices.chance(key(.staysThere), 25) else { return }
            agenda.add(.delivery(.processesGone(id)), at: now + choices.time(key(.goneTime), upTo: 1_500))
        case .stopAwaitingGone(let id): agenda.remove(.delivery(.processesGone(id)))
        }
    }

    /// How late the wake-up of this number is.
    mutating func lateness(of number: Int) -> Duration {
        guard choices.chance(ChoiceKey(.lateness, number), 10) else { return .zero }
        return choices.time(ChoiceKey(.lateness, number, 1), upTo: 2_000)
    }

    /// Whether what happens at the very moment of a wake-up comes before it.
    mutating func comesFirst(atWake number: Int) -> Bool { choices.chance(ChoiceKey(.worldFirst, number), 40) }

    private func key(of id: AttemptID) -> (Topic) -> ChoiceKey {
        let number = attempts[id.action] ?? 0
        return { ChoiceKey($0, id.action.rule.number, id.action.index, number) }
    }

    private mutating func result(of action: Action, _ key: ChoiceKey) -> AttemptResult {
        let final = AttemptResult.failed(reason: "no", isTransient: false)
        let passing = AttemptResult.failed(reason: "not now", isTransient: true)
        switch action.kind {
        case .http:
            let answers: [AttemptResult] = [
                .answered(status: 200), .answered(status: 200), .answered(status: 204), .answered(status: 503),
                .answered(status: 404), .answered(status: 429), .answered(status: 408), .refused, .refused, .dropped,
                .timedOut, passing, final, .simulated("ask"),
            ]
            return choices.pick(key, answers)
        case .signal:
            return choices.pick(key, [.signalled(count: 1), .signalled(count: 0), .signalled(count: 2), final])
        case .touch: return choices.pick(key, [.done, .done, .done, final, passing])
        case .exec:
            let ends: [AttemptResult] = [
                .done, .done, .exited(.exited(1)), .exited(.signalled(15)), .exited(.unknown), final,
            ]
            return choices.pick(key, ends)
        case .sleep: return .done
        }
    }
}

/// How often what has happened that no event tells.
package struct MachineTally: Hashable, Sendable {
    package internal(set) var births = 0
    package internal(set) var children = 0
    package internal(set) var reuses = 0
    package internal(set) var deaths = 0

    package init() {}
}
