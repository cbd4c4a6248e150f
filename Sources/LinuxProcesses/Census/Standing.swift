package import SupervisorCore

/// How near a process is to what a selector describes.
package enum Standing: Hashable, Sendable {
    case match
    /// No match, but somebody may think it is one; with the reasons, at least one.
    case nearMiss([Shortfall])
    /// All conditions hold, as far as can be told, and still it is no match.
    case excluded(ProcessExclusion)
    case unrelated
}

/// One reason why a process is not quite what a selector describes.
package enum Shortfall: Hashable, Sendable {
    /// The user is another one; `nil` where it cannot be told.
    case otherUser(UInt32?)
    /// The kernel refuses to tell what the condition is about.
    case notPermitted(SelectorVerdict.Condition)
    /// The pattern would match in another case of letters.
    case letterCase(SelectorVerdict.Condition)
    /// The pattern would match without its `^` or `$`.
    case anchored(SelectorVerdict.Condition)
    /// The pattern matches the name as the kernel cut it, but not the whole name.
    case cutName
    /// The pattern holds the cut name, and what would complete it is not to be had.
    case uncompletedName
    /// The pattern of the first condition would match what the second is tried against.
    case foundElsewhere(SelectorVerdict.Condition, in: SelectorVerdict.Condition)
    /// The condition does not hold, while others do.
    case differs(SelectorVerdict.Condition)

    /// A stable name, for scripts.
    package var code: String {
        switch self {
        case .otherUser: "otherUser"
        case .notPermitted: "notPermitted"
        case .letterCase: "letterCase"
        case .anchored: "anchored"
        case .cutName: "cutName"
        case .uncompletedName: "uncompletedName"
        case .foundElsewhere: "foundElsewhere"
        case .differs: "differs"
        }
    }

    /// The condition that does not hold.
    package var condition: SelectorVerdict.Condition {
        switch self {
        case .otherUser: .user
        case .cutName, .uncompletedName: .name
        case .notPermitted(let condition), .letterCase(let condition), .anchored(let condition),
            .foundElsewhere(let condition, in: _), .differs(let condition):
            condition
        }
    }

    /// Whether the reason speaks against the process rather than for a slip of the pattern.
    var isWeak: Bool {
        switch self {
        case .otherUser, .notPermitted, .letterCase, .anchored, .cutName, .uncompletedName: false
        case .foundElsewhere, .differs: true
        }
    }
}
