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
    /// The members whose end was reported without a status, and not confirmed by a look since. Such a report may be wrong:
    /// it is one when a process could not be looked at for so long that it counts as ended.
    private var doubtfulEnds: [ProcessIdentity: Member] = [:]
    /// Some counted process ended, which a look has confirmed, and its status is not known.
    private var hasUnknownEnd = false
    /// The first counted failure.
    private(set) var failure: Failure?

    /// What came of the target, by the counted processes that ended.
    var outcome: Outcome {
        if phase == .givenUp { return .notStarted }
        if failure != nil { return .failed }
        return hasUnknownEnd || doubtfulEnds.values.contains(where: \.isCounted) ? .unknown : .succeeded
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
    /// The target stays `present` until ``settle(isOverdue:isBlind:endedMeanwhile:)``. `order` grows from exit to exit, so that the first
    /// failure can be told.
    mutating func remove(_ process: ProcessIdentity, status: ExitStatus, order: Int) -> Member? {
        guard let member = members.removeValue(forKey: process) else { return nil }
        if members.isEmpty { isCovered = false }
        switch status {
        case .exited(0): break  // success is what is left where nothing else is known
        case .unknown: doubtfulEnds[process] = member
        case .exited, .signalled:
            if member.isCounted, failure == nil, let code = status.shellCode {
                failure = Failure(order: order, code: code)
            }
        }
        return member
    }

    /// Takes a doubtful end back, since a look that was asked for after it shows the process alive.
    ///
    /// Returns the member that it was, `nil` where there is no such end.
    mutating func takeBackEnd(of process: ProcessIdentity) -> Member? { doubtfulEnds.removeValue(forKey: process) }

    /// A scan begins that asks for this target.
    mutating func cover() { isCovered = true }

    /// Draws the conclusions of a scan whose matches have been inserted.
    ///
    /// - Parameters:
    ///   - isOverdue: The scan began after the start timeout.
    ///   - isBlind: There was no scan; what it would have shown is taken for granted.
    ///   - endedMeanwhile: The processes whose end was reported while the scan was under way, which says nothing of them.
    mutating func settle(isOverdue: Bool, isBlind: Bool, endedMeanwhile: Set<ProcessIdentity>) {
        guard isCovered else { return }
        if !isBlind, !doubtfulEnds.isEmpty {
            let confirmed = doubtfulEnds.filter { !endedMeanwhile.contains($0.key) }
            if confirmed.values.contains(where: \.isCounted) { hasUnknownEnd = true }
            for process in confirmed.keys { doubtfulEnds[process] = nil }
        }
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
        doubtfulEnds = [:]
        hasUnknownEnd = false
        failure = nil
    }
}
