internal import ConfigModel
package import SupervisorCore

/// An engine in a machine of chance, with an account kept of all that it does.
///
/// It is decided by its ``Choices`` alone, so the same walk can be gone again.
package struct Walk {
    /// Where the clock of every walk starts.
    static let beginning = Instant(nanoseconds: 1_000_000_000)
    /// A run that would go on for ever is told to stop after that.
    private static let length = Duration.seconds(60)
    /// No walk has so many events.
    private static let eventLimit = 20_000

    private var book: PlanBook
    private var machine: Machine
    private var shell: ModelShell
    private var account: Account
    private var wakes = 0
    /// The wake-up that is to come: for which deadline, and when.
    private var wake: (deadline: Instant, time: Instant)?
    private var end = beginning + length
    private var isStopped = false
    /// What happened, where it is to be told.
    private var story: Story?
    private(set) var tally = WalkTally()

    fileprivate init(_ choices: Choices, _ book: PlanBook, isTold: Bool) throws(Breach) {
        self.book = book
        let plan = try self.book.plan(version: 0)
        machine = Machine(choices, at: Self.beginning)
        shell = ModelShell(plan, seed: machine.jitterSeed)
        account = Account(plan, at: Self.beginning)
        story = isTold ? Story() : nil
    }

    /// Goes on until the verdict, and a few steps beyond.
    ///
    /// - Throws: The first ``Breach`` of a law.
    package mutating func run() throws(Breach) {
        while shell.engine.verdict == nil {
            guard tally.eventCount < Self.eventLimit else { throw Breach(.endless, "\(tally.eventCount) events") }
            try step()
        }
        for _ in 0..<5 where machine.next != nil { try step() }
        try send(.deadlineReached)
    }

    // MARK: Time

    private mutating func step() throws(Breach) {
        setWake()
        let next = machine.next
        if let wake, next.map({ wake.time < $0 || wake.time == $0 && !machine.comesFirst(atWake: wakes) }) ?? true {
            try checkTime(wake.time, isLast: next == nil)
            shell.advance(to: wake.time)
            self.wake = nil
            // By now it may have been put off.
            if let due = shell.engine.nextDeadline, due <= shell.now { try send(.deadlineReached) }
            return
        }
        guard let next, let happening = machine.take() else {
            if isStopped { throw Breach(.endless, "nothing happens any more, and there is no verdict") }
            return try stopForGood()
        }
        shell.advance(to: next)
        try happen(happening)
    }

    /// A wake-up is set for each new deadline, and may be late.
    private mutating func setWake() {
        guard let due = shell.engine.nextDeadline else {
            wake = nil
            return
        }
        guard wake?.deadline != due else { return }
        wakes += 1
        let lateness = machine.lateness(of: wakes)
        if lateness > .zero { tally.count(.lateWake) }
        wake = (due, due + lateness)
    }

    /// Where nothing else happens any more, or for too long, the run is told to stop.
    private mutating func checkTime(_ time: Instant, isLast: Bool) throws(Breach) {
        if (isLast && !machine.isFertile(at: time)) || time > end { try stopForGood() }
    }

    private mutating func stopForGood() throws(Breach) {
        guard account.stop == .none, shell.engine.verdict == nil, !isStopped else { return }
        isStopped = true
        try send(.stopRequested(.terminate))
    }

    // MARK: Happenings

    private mutating func happen(_ happening: Happening) throws(Breach) {
        switch happening {
        case .start: try send(.started)
        case .birth(let descent):
            if let born = machine.bear(descent, at: shell.now) { story?.tell(born, isBirth: true, at: shell.now) }
        case .death(let inhabitant):
            story?.tell(inhabitant, isBirth: false, at: shell.now)
            machine.end(inhabitant, isWatched: shell.watched.contains(inhabitant.identity), at: shell.now)
        case .falseEnd(let inhabitant):
            let isWatched = shell.watched.contains(inhabitant.identity)
            guard machine.endFalsely(inhabitant, isWatched: isWatched, at: shell.now) else { return }
            tally.count(.falseEnd)
            story?.tell("the end of pid \(inhabitant.identity.pid) is told, though it lives", at: shell.now)
        case .reading(let queries, let number): machine.read(queries, number: number, at: shell.now)
        case .delivery(let event): try send(event)
        case .reload(let version):
            let plan = try book.plan(version: version)
            story?.tell("the configuration is version \(version)", at: shell.now)
            tally.count(plan.rules == shell.engine.plan.rules ? .sameReload : .changedReload)
            try send(.reloaded(plan))
        case .jump(let length):
            tally.count(.clockJump)
            story?.tell("the clock jumps by \(length.configText)", at: shell.now)
            shell.advance(by: length)
            end = end + length
        case .stray(let stray):
            tally.count(.stray)
            if let event = event(of: stray) { try send(event) }
        }
    }

    /// An event that answers no question, as the engine stands now; `nil` where there is none of that kind.
    private func event(of stray: Stray) -> Event? {
        let running = shell.attempts.keys.min { $0.serial < $1.serial }
        let watched = shell.watched.min { $0.startTicks < $1.startTicks }
        let report = ExitReport(status: .exited(7), source: .pidfdInfo)
        let isLooking = shell.pendingScan != nil
        switch stray {
        case .earlyWake: return .deadlineReached
        case .exit: return .exited(ProcessIdentity(pid: 9_999, startTicks: 9_999), report)
        case .exitOfFormerOwner:
            return watched.map { .exited(ProcessIdentity(pid: $0.pid, startTicks: $0.startTicks + 5_000), report) }
        case .result:
            let action = ActionID(rule: RuleID(0), index: 0)
            return .attemptFinished(AttemptID(action: action, serial: 9_999), .answered(status: 200))
        case .formerResult:
            return running.map { .attemptFinished(AttemptID(action: $0.action, serial: $0.serial - 1), .done) }
        case .gone:
            let action = running?.action ?? ActionID(rule: RuleID(0), index: 0)
            return shell.awaited.contains(action) ? nil : .processesGone(action)
        case .scan: return isLooking ? nil : .scanned(ScanResult())
        case .scanFailure: return isLooking ? nil : .scanFailed(reason: "EMFILE")
        }
    }

    private mutating func send(_ event: Event) throws(Breach) {
        tally.count(EventKind(event), account.rules.map(\.moment))
        story?.tell(event, at: shell.now)
        let effects: [Effect]
        do throws(IllegalEffect) {
            effects = try shell.send(event)
        } catch {
            throw Breach(.possible, error.description)
        }
        for effect in effects {
            tally.count(effect)
            story?.tell(effect)
        }
        account.take(event, at: shell.now, answeredBy: effects)
        try account.audit(effects, shell)
        for effect in effects { machine.perform(effect, at: shell.now) }
    }
}

/// What has become of one walk.
package struct WalkResult {
    /// The law that was broken first; `nil` where all were kept.
    package let breach: Breach?
    /// What the engine came to.
    package let verdict: Verdict?
    package let tally: WalkTally
    package let machine: MachineTally
    /// The choices that were made, where they were recorded.
    package let made: Case
    /// The configuration's versions that were met, as text, and what happened; where it was to be told.
    package let texts: [String]
    package let story: [String]
}

extension Walk {
    /// Goes a walk of a case, and tells of it if asked.
    package static func going(_ known: Case, isTold: Bool = false) -> WalkResult {
        var book = PlanBook(Choices(known))
        return going(Choices(known), &book, isTold: isTold)
    }

    /// Goes the walk of a seed, recording what is chosen.
    package static func recording(seed: UInt64, isTold: Bool = false) -> WalkResult {
        var book = PlanBook(Choices(seed: WalkBlock.planSeed(of: seed), isRecording: true))
        return going(Choices(seed: seed, isRecording: true), &book, isTold: isTold)
    }

    /// Goes the walk of a seed; `book` holds the versions of its configuration.
    static func going(seed: UInt64, book: inout PlanBook) -> WalkResult {
        going(Choices(seed: seed), &book, isTold: false)
    }

    private static func going(_ choices: Choices, _ book: inout PlanBook, isTold: Bool) -> WalkResult {
        do throws(Breach) {
            var walk = try Walk(choices, book, isTold: isTold)
            defer { book = walk.book }
            do throws(Breach) {
                try walk.run()
                return walk.result(nil)
            } catch {
                return walk.result(error)
            }
        } catch {
            return WalkResult(
                breach: error, verdict: nil, tally: WalkTally(), machine: MachineTally(), made: Case(), texts: [],
                story: [])
        }
    }

    /// What has become of it.
    func result(_ breach: Breach?) -> WalkResult {
        let made = machine.choices.made.choices.merging(book.made.choices) { machine, _ in machine }
        return WalkResult(
            breach: breach, verdict: shell.engine.verdict, tally: tally, machine: machine.tally, made: Case(made),
            texts: book.texts.keys.sorted().map { book.texts[$0] ?? "" }, story: story?.lines ?? [])
    }
}
