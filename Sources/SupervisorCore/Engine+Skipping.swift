internal import ConfigModel

extension Engine {
    /// When time alone decides something, the timer of scans aside; `nil` where it never does.
    ///
    /// As long as this is `nil`, every further scan shows what the last one showed, and nothing else happens, a run
    /// stands still for ever.
    package var nextDecision: Instant? {
        guard verdict == nil else { return nil }
        var deadlines: [Instant] = []
        if case .draining(let until) = termination { deadlines.append(until) }
        for rule in rules {
            if case .acting(let acting) = rule.state, let deadline = acting.step.deadline { deadlines.append(deadline) }
            if let deadline = rule.scanDeadline { deadlines.append(deadline) }
        }
        return deadlines.min()
    }

    /// Passes over the timed scans that are due before `limit`, for a simulation that knows what they would show.
    ///
    /// To be called only where every scan before `limit` would be answered as the last one was. Such a scan changes
    /// nothing: what it shows has been taken in, and what time decides has a deadline of its own, which is not passed
    /// over. The scans that follow are due when they would have been.
    package mutating func passOverScans(before limit: Instant) {
        guard verdict == nil, scan.failures == 0, !scan.isPending, !scan.isWanted, let due = scan.next else { return }
        let bound = min(limit, nextDecision ?? limit)
        guard due < bound, rules.contains(where: \.needsTimedScans) else { return }
        let interval = Self.scanInterval.wholeNanoseconds
        let (remaining, overflow) = bound.nanoseconds.subtractingReportingOverflow(due.nanoseconds)
        guard !overflow else { return }
        let skipped = remaining / interval + (remaining % interval == 0 ? 0 : 1)
        scan.next = due + Self.scanInterval * skipped
    }
}
