internal import ConfigModel
internal import SupervisorCore

/// What is known of one target.
struct TargetAccount {
    /// An end as it was told.
    struct End {
        let process: ProcessIdentity
        let event: Int
        let status: ExitStatus
        /// Whether the status counts.
        let counts: Bool
    }

    var phase = TargetStatus.Phase.unseen
    /// The phase was taken for granted, since the process table could not be read.
    var isGuess = false
    /// The living, and whether their exit status counts.
    var members: [ProcessIdentity: Bool] = [:]
    /// The ends of the life that goes on, or was last.
    var ends: [End] = []
    /// The last look that was no failure and says how things stand: in which event it was asked for.
    var lastLook = -1
    /// Only a look that was asked for in this event or later says how things stand.
    var obscureSince: Int

    var outcome: Outcome {
        if phase == .givenUp { return .notStarted }
        let counted = ends.filter(\.counts)
        if counted.contains(where: { $0.status != .exited(0) && $0.status != .unknown }) { return .failed }
        return counted.contains { $0.status == .unknown } ? .unknown : .succeeded
    }

    /// The end of a process that may have been told by mistake: nobody knows its status, and no look has confirmed it.
    func doubtfulEnd(of process: ProcessIdentity) -> End? {
        ends.last { $0.process == process && $0.status == .unknown && $0.event > lastLook }
    }
}

/// The account of one rule.
struct RuleAccount {
    /// What the current action does, and until when.
    enum Step: Hashable {
        case attempting(until: Instant)
        case cancelling(until: Instant)
        /// The jitter is the engine's own, within these bounds.
        case backingOff(from: Instant, until: Instant)
        case sleeping(until: Instant)
        case awaitingGone(until: Instant)

        var kind: RuleStatus.CurrentAction.Step {
            switch self {
            case .attempting: .attempting
            case .cancelling: .cancelling
            case .backingOff: .backingOff
            case .sleeping: .sleeping
            case .awaitingGone: .awaitingGone
            }
        }

        /// The earliest and the latest moment at which time moves it on.
        var due: (first: Instant, last: Instant) {
            switch self {
            case .attempting(let until), .cancelling(let until), .sleeping(let until), .awaitingGone(let until):
                (until, until)
            case .backingOff(let first, let last): (first, last)
            }
        }
    }

    let id: RuleID
    let rule: Rule
    /// The rule as the newest configuration has it.
    var newest: Rule
    var isRetired = false
    var state = RuleStatus.State.waiting
    var targets: [TargetAccount]
    let startDeadline: Instant?
    var graceEnd: Instant?

    var outcome = Outcome.succeeded
    var targetCode: Int32 = 0
    /// Why nothing more is done: the start timeout, or a failure with `stop`.
    var skipsRest = false
    var action = 0
    var attempt = 0
    var step: Step?
    /// The attempt whose end counts.
    var attemptID: AttemptID?
    var failures: [String] = []
    var exitCode: Int32?
    /// The actions that have begun in this round.
    var begun: Set<Int> = []

    /// A rule that begins in this event; a round that follows another waits at least until the next timed look.
    init(_ id: RuleID, _ rule: Rule, at now: Instant, event: Int, isFurtherRound: Bool = false) {
        self.id = id
        self.rule = rule
        newest = rule
        targets = rule.targets.map { _ in TargetAccount(obscureSince: event) }
        startDeadline = rule.startTimeout.map { now + (isFurtherRound ? max($0, .milliseconds(500)) : $0) }
    }

    var name: String { rule.name }

    var isLooking: Bool {
        switch state {
        case .waiting, .watching, .grace: true
        case .acting, .finished: false
        }
    }

    // MARK: Watching

    /// Whether watching may begin.
    var isSeen: Bool {
        let phases = targets.map(\.phase)
        return switch rule.until {
        case .allEnded: !phases.contains(.unseen) && phases.contains { $0 != .givenUp }
        case .anyEnded: phases.contains(.present) || phases.contains(.ended)
        }
    }

    /// Whether watching is over, as a look has shown that was asked for in the event `look`.
    func hasEnded(asOf look: Int) -> Bool {
        switch rule.until {
        case .allEnded: targets.allSatisfy { $0.phase == .givenUp || $0.phase == .ended && $0.obscureSince <= look }
        case .anyEnded: targets.contains { $0.phase == .ended && $0.obscureSince <= look }
        }
    }

    /// The targets that the outcome is made of.
    var counted: [TargetAccount] {
        switch rule.until {
        case .allEnded: targets
        case .anyEnded: targets.filter { $0.phase == .ended || $0.phase == .givenUp }
        }
    }

    /// The code of the first process that failed.
    var firstFailure: Int32 {
        let ends = counted.flatMap(\.ends).filter(\.counts).sorted { $0.event < $1.event }
        let codes = ends.compactMap { ending -> Int32? in
            switch ending.status {
            case .exited(let code): code
            case .signalled(let signal): 128 + signal
            case .unknown: nil
            }
        }
        return codes.first { $0 != 0 } ?? 0
    }

    /// Whether only a look can tell of something that may happen now.
    var needsLooks: Bool {
        switch state {
        case .waiting, .grace: true
        case .watching: targets.contains { $0.phase != .givenUp && $0.members.isEmpty }
        case .acting, .finished: false
        }
    }

    /// The moment from which on a look decides something.
    var decision: Instant? {
        switch state {
        case .waiting, .watching: targets.contains { $0.phase == .unseen } ? startDeadline : nil
        case .grace: graceEnd
        case .acting, .finished: nil
        }
    }

    // MARK: The end

    /// The table of exit codes.
    var codeNow: Int32 {
        if !failures.isEmpty { return rule.exitCodes.actionFailed }
        switch outcome {
        case .terminated: return rule.exitCodes.terminated
        case .notStarted: return rule.exitCodes.notStarted
        case .unknown: if let code = rule.exitCodes.unknown { return code }
        case .failed, .succeeded: break
        }
        switch rule.exitCodes.ended {
        case .code(let code): return code
        case .fromTarget: return outcome == .unknown ? 0 : targetCode
        }
    }
}
