package import ConfigModel

/// What a configuration means, for a reader who never saw the file: every value that counts, and whether it was written.
///
/// Holds no header value, no body, no argument of a program, no query and no value of a variable.
package struct Explanation: Sendable {
    let onTerminate: Stated<Plan.TerminationPolicy>
    let terminationTimeout: Stated<Duration>
    let rules: [ExplainedRule]
    /// From the first SIGTERM to the exit.
    let longestTermination: Duration
    let leastGracePeriodSeconds: Int64
    let notes: [Note]

    /// Both come from one reading: `plan` is what counts, `configuration` what was written.
    package init(_ plan: Plan, of configuration: Configuration) {
        onTerminate = Stated(plan.onTerminate, written: configuration.onTerminate)
        terminationTimeout = Stated(plan.terminationTimeout, written: configuration.terminationTimeout)
        rules = zip(plan.rules, configuration.rules).map { ExplainedRule($0, written: $1) }
        longestTermination = plan.longestTermination
        leastGracePeriodSeconds = plan.leastGracePeriodSeconds
        notes = Note.all(on: plan)
    }
}

/// A rule and what was written of it.
struct ExplainedRule: Sendable {
    let name: String
    let targets: [ExplainedSelector]
    let until: Stated<Rule.EndCondition>
    /// `nil` waits for ever.
    let startTimeout: Duration?
    let onStartTimeout: Stated<Rule.StartTimeoutPolicy>
    let gracePeriod: Stated<Duration>
    let actions: [ExplainedAction]
    let ended: Stated<ExitCodes.Ended>
    let actionFailed: Stated<Int32>
    let notStarted: Stated<Int32>
    let terminated: Stated<Int32>
    /// `nil` leaves it to ``ended``.
    let unknown: Int32?
    let isFinal: Stated<Bool>
    let repeats: Stated<Bool>
    /// Of all actions that can run together.
    let longestTime: Duration

    init(_ rule: Rule, written: RuleConfiguration) {
        name = rule.name
        targets = written.targets.map { ExplainedSelector($0) }
        until = Stated(rule.until, written: written.until)
        startTimeout = rule.startTimeout
        onStartTimeout = Stated(rule.onStartTimeout, written: written.onStartTimeout)
        gracePeriod = Stated(rule.gracePeriod, written: written.gracePeriod)
        actions = zip(rule.actions, written.actions).map { ExplainedAction($0, written: $1) }
        let codes = rule.exitCodes
        ended = Stated(codes.ended, written: written.exitCode?.ended)
        actionFailed = Stated(codes.actionFailed, written: written.exitCode?.actionFailed)
        notStarted = Stated(codes.notStarted, written: written.exitCode?.notStarted)
        terminated = Stated(codes.terminated, written: written.exitCode?.terminated)
        unknown = codes.unknown
        isFinal = Stated(rule.isFinal, written: written.isFinal)
        repeats = Stated(rule.repeats, written: written.repeats)
        longestTime = rule.longestTime
    }

    /// The code for an outcome when no action failed; `nil` where it is the target's own.
    func code(for outcome: Outcome) -> Int32? {
        let endedCode: Int32? =
            switch ended.value {
            case .code(let code): code
            case .fromTarget: nil
            }
        return switch outcome {
        case .terminated: terminated.value
        case .notStarted: notStarted.value
        case .unknown: unknown ?? endedCode ?? 0
        case .failed: endedCode
        case .succeeded: endedCode ?? 0
        }
    }
}
