internal import ConfigModel

/// What is known of one target of one rule.
struct TargetState: Hashable, Sendable {
    typealias Phase = TargetStatus.Phase

    /// A matched process that lives.
    struct Member: Hashable, Sendable {
        let name: String
        /// Its parent is no match, so its exit status counts.
        let isCounted: Bool
    }

    /// How a counted process failed, and when in the engine's order of exits.
    struct Failure: Hashable, Sendable {
        let order: Int
        let code: Int32
    }

    private(set) var phase = Phase.unseen
    /// The end, or that nothing was ever seen, was taken for granted because the process table could not be read.
    private(set) var isGuess = false
    /// The scan that is under way, or was last, speaks for this target: it was asked for it, and the last member's end,
    /// if any, came before. Otherwise a successor may have been born behind the scan's back.
    private(set) var isCovered = false
    private(set) var members: [ProcessIdentity: Member] = [:]
    private var unknownCount = 0
    /// The first counted failure.
    private(set) var failure: Failure?

    /// What came of the target, by the counted processes that ended.
    var outcome: Outcome {
        if phase == .givenUp { return .notStarted }
        if failure != nil { return .failed }
        return unknownCount > 0 ? .unknown : .succeeded
    }

    /// All matched processes ended, and a look that speaks for this target, which a reload may have handed over, confirms it.
    var isOver: Bool { phase == .ended && isCovered }

    /// The members in the order of their pids, so that what is done to each comes in an order that can be repeated.
    var sortedMembers: [(process: ProcessIdentity, member: Member)] {
        members.map { ($0.key, $0.value) }
            .sorted { ($0.process.pid, $0.process.startTicks) < ($1.process.pid, $1.process.startTicks) }
    }

    /// Latches a process until it ends.
    mutating func insert(_ process: ProcessIdentity, _ member: Member) {
        members[process] = member
        phase = .present
        isGuess = false
    }

    /// Takes the end of a member down and hands the member back, `nil` where it is none.
    ///
    /// The target stays `present` until ``settle(isOverdue:isBlind:)``. `order` grows from exit to exit, so that the first
    /// failure can be told.
    mutating func remove(_ process: ProcessIdentity, status: ExitStatus, order: Int) -> Member? {
        guard let member = members.removeValue(forKey: process) else { return nil }
        if members.isEmpty { isCovered = false }
        guard member.isCounted else { return member }
        switch status {
        case .exited(0): break  // success is what is left where nothing else is known
        case .unknown: unknownCount += 1
        case .exited, .signalled:
            if failure == nil, let code = status.shellCode { failure = Failure(order: order, code: code) }
        }
        return member
    }

    /// A scan begins that asks for this target.
    mutating func cover() { isCovered = true }

    /// Draws the conclusions of a scan whose matches have been inserted.
    ///
    /// - Parameters:
    ///   - isOverdue: The scan began after the start timeout.
    ///   - isBlind: There was no scan; what it would have shown is taken for granted.
    mutating func settle(isOverdue: Bool, isBlind: Bool) {
        guard isCovered else { return }
        switch phase {
        case .unseen:
            guard isOverdue else { return }
            phase = .givenUp
            isGuess = isBlind
        case .present:
            guard members.isEmpty else { return }
            phase = .ended
            isGuess = isBlind
        case .ended: isGuess = isBlind
        case .givenUp: break  // no longer looked for, so no scan says anything about it
        }
    }

    /// The same target under a rule that begins anew: what was seen is kept, what was given up is looked for again.
    ///
    /// No scan under way speaks for it, since that was asked for under another rule.
    func carriedOver() -> TargetState {
        var copy = self
        copy.isCovered = false
        if phase == .givenUp { copy.phase = .unseen }
        return copy
    }

    /// A match came back after the end was confirmed, as a restarted container does: what the former ones came to no
    /// longer counts.
    mutating func forgetFormerLife() {
        guard phase == .ended else { return }  // a further process of a life that goes on
        unknownCount = 0
        failure = nil
    }
}
