package import ConfigModel
package import SupervisorCore

/// Finds out how near processes are to what one selector describes, and why they are no match.
///
/// Whether a process is a match is asked of the selector itself, so it cannot be told differently here.
package struct SelectorExamination {
    /// A pattern of the selector, and those that take in more.
    private struct Trial {
        let condition: SelectorVerdict.Condition
        let pattern: Pattern
        let folded: Pattern?
        let loose: Pattern?
        let looseFolded: Pattern?

        init?(_ condition: SelectorVerdict.Condition, _ pattern: Pattern?) {
            guard let pattern else { return nil }
            self.condition = condition
            self.pattern = pattern
            folded = pattern.ignoringCase
            loose = pattern.unanchored
            looseFolded = loose?.ignoringCase
        }
    }

    private let selector: ProcessSelector
    private let trials: [Trial]

    package init(of selector: ProcessSelector) {
        self.selector = selector
        trials = [
            Trial(.name, selector.name), Trial(.commandLine, selector.commandLine),
            Trial(.executable, selector.executable),
        ].compactMap { $0 }
    }

    /// How near the process is.
    package func standing(of portrait: ProcessPortrait) -> Standing {
        var facts = portrait
        let isMatch = selector.verdict(on: &facts) == .match
        switch portrait.exclusion {
        case nil: return isMatch ? .match : nearMiss(portrait)
        case .zombie: return isMatch || mayHaveMatched(portrait) ? .excluded(.zombie) : .unrelated
        // What is almost like Knell's own shell is of no interest.
        case let exclusion?: return isMatch ? .excluded(exclusion) : .unrelated
        }
    }

    /// The condition that could not be tried for want of a right, where it is this alone that keeps the process from
    /// being judged; as the scan for a rule sees it.
    package func missingRight(for portrait: ProcessPortrait) -> SelectorVerdict.Condition? {
        guard portrait.exclusion == nil else { return nil }
        var facts = portrait
        guard case .notPermitted(let condition) = selector.verdict(on: &facts) else { return nil }
        return condition
    }

    /// A zombie keeps its name and its user and nothing else.
    private func mayHaveMatched(_ portrait: ProcessPortrait) -> Bool {
        guard let name = selector.name, case .success(let bytes) = portrait.knownName, name.matches(bytes) else {
            return false
        }
        guard let userID = selector.userID, case .success(let actual) = portrait.knownUserID else { return true }
        return actual == userID
    }

    private func nearMiss(_ portrait: ProcessPortrait) -> Standing {
        var (hints, unreadable, plain): ([Shortfall], [Shortfall], [Shortfall]) = ([], [], [])
        var isAnyPatternMet = false
        for trial in trials {
            switch portrait.fact(trial.condition) {
            case .success(let bytes) where trial.pattern.matches(bytes): isAnyPatternMet = true
            case .success(let bytes):
                let found = shortfalls(of: trial, against: bytes, portrait)
                if found.isEmpty { plain.append(.differs(trial.condition)) } else { hints += found }
            case .failure(.notPermitted): unreadable.append(.notPermitted(trial.condition))
            case .failure(.gone): plain.append(.differs(trial.condition))
            }
        }
        var isUserMet = false
        var user: [Shortfall] = []
        if let userID = selector.userID {
            switch portrait.knownUserID {
            case .success(let actual) where actual == userID: isUserMet = true
            case .success(let actual): user = [.otherUser(actual)]
            case .failure: user = [.otherUser(nil)]
            }
        }
        // Something must speak for the process: a pattern that matches, or nearly does, or the right user where the rest
        // is kept from us. The right user alone is what many have.
        guard isAnyPatternMet || !hints.isEmpty || isUserMet && !unreadable.isEmpty else { return .unrelated }
        // And little against it, or half of the table would be near: one weak reason alone, or two good ones.
        let shortfalls = user + hints + unreadable + plain
        let isNear = shortfalls.count == 1 || shortfalls.count == 2 && !shortfalls.contains(where: \.isWeak)
        return isNear ? .nearMiss(shortfalls) : .unrelated
    }

    private func shortfalls(of trial: Trial, against bytes: [UInt8], _ portrait: ProcessPortrait) -> [Shortfall] {
        let condition = trial.condition
        if condition == .name {
            if portrait.comm != bytes, trial.pattern.matches(portrait.comm) { return [.cutName] }
            if bytes.count == ProcessName.cutLength, bytes == portrait.comm, trial.pattern.spells(bytes) {
                return [.uncompletedName]
            }
        }
        if trial.folded?.matches(bytes) == true { return [.letterCase(condition)] }
        if trial.loose?.matches(bytes) == true { return [.anchored(condition)] }
        if trial.looseFolded?.matches(bytes) == true { return [.anchored(condition), .letterCase(condition)] }
        return elsewhere(trial, portrait)
    }

    /// Where a condition that is not given would have done.
    private func elsewhere(_ trial: Trial, _ portrait: ProcessPortrait) -> [Shortfall] {
        let other: SelectorVerdict.Condition
        switch trial.condition {
        case .name where selector.commandLine == nil, .executable where selector.commandLine == nil:
            other = .commandLine
        case .commandLine where selector.name == nil: other = .name
        case .name, .executable, .commandLine, .user: return []
        }
        guard case .success(let bytes) = portrait.fact(other), (trial.loose ?? trial.pattern).matches(bytes) else {
            return []
        }
        return [.foundElsewhere(trial.condition, in: other)]
    }
}

extension ProcessPortrait {
    /// What the pattern of a condition is tried against; `user` has none.
    fileprivate func fact(_ condition: SelectorVerdict.Condition) -> Result<[UInt8], FactError> {
        switch condition {
        case .name: knownName
        case .commandLine: knownCommandLine
        case .executable: knownExecutable
        case .user: .failure(.gone)
        }
    }
}
