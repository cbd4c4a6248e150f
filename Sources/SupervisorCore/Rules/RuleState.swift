internal import ConfigModel

/// Where a rule is in its life.
enum RuleState: Hashable, Sendable {
    /// Not every target (for `anyEnded`: none) has been seen.
    /// Left for `watching` by a sighting or the start timeout, for `acting` by the start timeout or SIGTERM.
    case waiting
    /// Left for `grace` or `acting` when the end condition holds, for `acting` by SIGTERM.
    case watching
    /// The end condition holds. Left for `watching` when a match reappears, for `acting` at `until` or by SIGTERM.
    case grace(until: Instant)
    /// The actions run. Left for `finished`, or for `waiting` when the rule repeats.
    case acting(Acting)
    /// Nothing more will happen.
    case finished(Finish)

    /// The state without what belongs to it, by the name that verdict and log use.
    var kind: RuleStatus.State {
        switch self {
        case .waiting: .waiting
        case .watching: .watching
        case .grace: .grace
        case .acting: .acting
        case .finished: .finished
        }
    }

    /// Whether matches of the rule's targets are of interest.
    var isLooking: Bool {
        switch self {
        case .waiting, .watching, .grace: true
        case .acting, .finished: false
        }
    }
}

/// The progress of a rule through its actions.
struct Acting: Hashable, Sendable {
    /// What the current action is doing.
    enum Step: Hashable, Sendable {
        /// No action has begun yet, or the last one has just ended.
        case between
        /// An attempt runs, until `deadline` at the latest.
        case attempting(AttemptID, deadline: Instant)
        /// An attempt was cancelled and has not reported yet; the shell reports at once, `deadline` is a backstop.
        case cancelling(AttemptID, deadline: Instant)
        /// The pause before the next attempt.
        case backingOff(until: Instant)
        /// The action is a sleep.
        case sleeping(until: Instant)
        /// The action itself has succeeded; processes must be gone until `deadline`.
        case awaitingGone(deadline: Instant, note: String?, status: Int?)

        /// When time alone moves the step on.
        var deadline: Instant? {
            switch self {
            case .between: nil
            case .attempting(_, let deadline), .cancelling(_, let deadline): deadline
            case .backingOff(let until), .sleeping(let until): until
            case .awaitingGone(let deadline, _, _): deadline
            }
        }
    }

    let outcome: Outcome
    /// The first non-zero code of the targets, for `fromTarget`.
    let targetCode: Int32
    /// Why no action runs at all; `nil` when they do.
    var skipReason: String?
    /// The index of the current action.
    var index = 0
    var step = Step.between
    /// The number of the current attempt, from 1.
    var attempt = 0
    /// When the current action began.
    var startedAt: Instant
    /// The counted failures so far.
    var failures: [ActionFailure] = []
}

/// Something that failed and counts, for the verdict.
package struct ActionFailure: Hashable, Sendable {
    /// Index and kind of the action, such as `2/http`; `watch` where the targets' end could not be confirmed.
    package let action: String
    package let reason: String
}

/// What a finished rule came to.
struct Finish: Hashable, Sendable {
    let outcome: Outcome
    let exitCode: Int32
    let failures: [ActionFailure]
}

/// A rule, its state and its targets.
struct RuleRuntime: Sendable {
    let id: RuleID
    let rule: Rule
    var state = RuleState.waiting
    var targets: [TargetState]
    /// When targets that are still unseen are given up; `nil` waits for ever.
    let startDeadline: Instant?
    /// A later version of the rule, which came when this one had fired; it counts from the next round on, if there is one.
    var successor: Rule?
    /// The rule has fired and is no longer in the configuration.
    var isRetired = false

    /// A rule that begins to wait; a start timeout shorter than `minimum` counts as that long.
    init(id: RuleID, rule: Rule, at now: Instant, waitingAtLeast minimum: Duration = .zero) {
        self.id = id
        self.rule = rule
        targets = rule.targets.map { _ in TargetState() }
        startDeadline = rule.startTimeout.map { now + max($0, minimum) }
    }

    /// The rule as the newest configuration has it.
    var newest: Rule { successor ?? rule }

    /// Whether what a scan should have shown was taken for granted.
    var isUnconfirmed: Bool { targets.contains(where: \.isGuess) }

    /// Whether enough targets were seen to call it watching.
    var isSeen: Bool {
        switch rule.until {
        case .allEnded: targets.allSatisfy { $0.phase != .unseen } && targets.contains { $0.phase != .givenUp }
        case .anyEnded: targets.contains { $0.phase == .present || $0.phase == .ended }
        }
    }

    /// Whether watching is over.
    var hasEnded: Bool {
        switch rule.until {
        case .allEnded: targets.allSatisfy { $0.isOver || $0.phase == .givenUp }
        case .anyEnded: targets.contains(where: \.isOver)
        }
    }

    /// Whether some match may appear that no event would announce.
    var needsTimedScans: Bool {
        switch state {
        case .waiting: true
        case .watching: targets.contains { $0.phase != .givenUp && $0.members.isEmpty }
        case .grace: true
        case .acting, .finished: false
        }
    }

    /// When a fresh look at the process table decides something: before a target is given up, since it may have started
    /// meanwhile, and before the actions, since nothing is done to a pod whose watched process lives.
    var scanDeadline: Instant? {
        switch state {
        case .waiting, .watching: targets.contains { $0.phase == .unseen } ? startDeadline : nil
        case .grace(let until): until
        case .acting, .finished: nil
        }
    }

    /// The targets that make up the outcome: for `anyEnded`, one that lives says nothing yet.
    private var countedTargets: [TargetState] {
        switch rule.until {
        case .allEnded: targets
        case .anyEnded: targets.filter { $0.phase == .ended || $0.phase == .givenUp }
        }
    }

    /// The outcome of the targets together.
    var targetOutcome: Outcome { countedTargets.map(\.outcome).max() ?? .succeeded }

    /// The code of the failure that came first, 0 where none is known.
    var targetCode: Int32 {
        countedTargets.compactMap(\.failure).min { $0.order < $1.order }?.code ?? 0
    }

    /// The exit code that the rule stands for once its actions are over.
    func exitCode(after acting: Acting) -> Int32 {
        let codes = rule.exitCodes
        if !acting.failures.isEmpty { return codes.actionFailed }
        switch (acting.outcome, codes.ended) {
        case (.terminated, _): return codes.terminated
        case (.notStarted, _): return codes.notStarted
        case (.unknown, .fromTarget): return codes.unknown ?? 0
        case (.unknown, .code(let code)): return codes.unknown ?? code
        case (.failed, .fromTarget), (.succeeded, .fromTarget): return acting.targetCode
        case (.failed, .code(let code)), (.succeeded, .code(let code)): return code
        }
    }
}
