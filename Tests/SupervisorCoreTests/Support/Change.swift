import ConfigModel
import SupervisorCore
import TestSupport

/// A way in which the configuration of a ``Situation`` may change while its rule is there.
enum Change: CaseIterable {
    /// The same rules: written otherwise, in another order, with another one before them, under another policy.
    case comment, order, addition, policy
    /// The rule's own keys, its targets apart.
    case action, gracePeriod, exitCode, startTimeout
    /// What it watches.
    case selector, secondTarget
    /// It is gone, or has another name.
    case removal, renaming

    /// Whether the rule is the same for Knell.
    var keepsRule: Bool {
        switch self {
        case .comment, .order, .addition, .policy: true
        case .action, .gracePeriod, .exitCode, .startTimeout, .selector, .secondTarget, .removal, .renaming: false
        }
    }

    /// Whether the rule of this name still looks for what it has found.
    var keepsTarget: Bool {
        switch self {
        case .comment, .order, .addition, .policy, .action, .gracePeriod, .exitCode, .startTimeout, .secondTarget,
            .renaming:
            true
        case .selector, .removal: false
        }
    }

    /// The plan after the change; its new version of the action is `touch: /new`.
    func plan(in situation: Situation) throws -> Plan {
        let keys = [
            "watch: {processes: [{name: \(self == .selector ? "c" : "a")}\(self == .secondTarget ? ", {name: d}" : "")]"
                + (self == .startTimeout ? ", startTimeout: 1h}" : "}"),
            "gracePeriod: \(self == .gracePeriod ? "7s" : situation.gracePeriod)",
            "actions: [\(self == .action ? "touch: /new" : situation.action)]",
            self == .exitCode ? "exitCode: 4" : "final: false",
        ]
        let rule = "{name: \(self == .renaming ? "renamed" : "r"), \(keys.joined(separator: ", "))}"
        let other = "{name: other, watch: {processes: [{name: b}]}}"
        let rules =
            switch self {
            case .order: [other, rule]
            case .addition: ["{name: extra, watch: {processes: [{name: e}]}}", rule, other]
            case .removal: [other]
            default: [rule, other]
            }
        let policy = self == .policy ? "onTerminate: run\n" : "# the same\n"
        return try Plan.parsing("version: 1\n\(policy)rules: [\(rules.joined(separator: ", "))]")
    }
}
