package import ConfigModel

/// What a whole run came to: the exit code, and what was and was not done.
package struct Verdict: Hashable, Sendable {
    /// Why Knell exits.
    package enum Reason: Hashable, Sendable {
        /// Every rule is finished.
        case finished
        /// A `final` rule of this name is finished.
        case finalRule(String)
        /// A signal of this number ended the run.
        case signal(Int32)

        /// The reason as the verdict tells it.
        package var text: String {
            switch self {
            case .finished: "finished"
            case .finalRule(let name): "final rule \(name)"
            case .signal(let number): "\(Signal(number: number))"
            }
        }
    }

    /// What one rule came to.
    package struct RuleVerdict: Hashable, Sendable {
        package let name: String
        package let state: RuleStatus.State
        /// `nil` before the rule has fired.
        package let outcome: Outcome?
        /// `nil` before the rule is finished.
        package let exitCode: Int32?
        /// Counted failures.
        package let failures: [ActionFailure]
        /// The labels of the actions that were begun but not ended, or not begun, when Knell stopped.
        package let notDone: [String]
    }

    package private(set) var exitCode: Int32
    package let reason: Reason
    /// In the order of the file.
    package let rules: [RuleVerdict]
    /// What became of the command that Knell ran itself, in words; `nil` where there was none.
    package private(set) var command: String?

    init(exitCode: Int32, reason: Reason, rules: [RuleVerdict]) {
        self.exitCode = exitCode
        self.reason = reason
        self.rules = rules
    }

    /// The same of a run whose command decides the exit code, and what became of that.
    package func with(exitCode: Int32, command: String) -> Verdict {
        var copy = self
        copy.exitCode = exitCode
        copy.command = command
        return copy
    }
}
