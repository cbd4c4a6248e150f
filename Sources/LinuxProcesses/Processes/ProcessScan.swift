package import SupervisorCore

/// What one look through the process table found, and what it could not see.
package struct ProcessScan: Hashable, Sendable {
    /// The matches, sorted by pid.
    package internal(set) var result = ScanResult()
    /// At most one for a target and condition: the process of the lowest pid.
    package private(set) var missingRights: [MissingRight] = []

    package init() {}

    /// A condition that could not be tried, so that a process which may be the one looked for was no match.
    package struct MissingRight: Hashable, Sendable {
        package let target: TargetID
        package let condition: SelectorVerdict.Condition
        /// The first process for which the right was missing.
        package let pid: Int32

        package init(target: TargetID, condition: SelectorVerdict.Condition, pid: Int32) {
            self.target = target
            self.condition = condition
            self.pid = pid
        }
    }

    /// What to say of a condition that could not be tried, and what to set.
    package static func warning(_ condition: SelectorVerdict.Condition, of whom: String) -> String {
        "may not read the \(condition.rawValue) of \(whom), so it does not match; run Knell as the same user "
            + "(runAsUser), or give it the capability SYS_PTRACE"
    }

    mutating func note(_ condition: SelectorVerdict.Condition, of target: TargetID, missingFor pid: Int32) {
        if missingRights.contains(where: { $0.target == target && $0.condition == condition }) { return }
        missingRights.append(MissingRight(target: target, condition: condition, pid: pid))
    }
}
