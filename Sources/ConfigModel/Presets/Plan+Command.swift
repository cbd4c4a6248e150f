extension Plan {
    /// The plan for a command that Knell starts itself: the rules of a file, if there is one, and behind them a rule that
    /// shuts the products of some presets down.
    ///
    /// The command lives once, so no rule repeats or waits for it to be seen. A rule without a file drains for a day: how
    /// long a pod may take to end is its own matter, and the products are needed meanwhile.
    package static func forCommand(rulesOf plan: Plan?, shutdown presets: [Preset]) -> Plan {
        var rules = (plan?.rules ?? []).map { rule in
            Rule(
                name: rule.name, targets: rule.targets, until: rule.until, startTimeout: nil,
                onStartTimeout: rule.onStartTimeout, gracePeriod: rule.gracePeriod, actions: rule.actions,
                exitCodes: rule.exitCodes, isFinal: rule.isFinal, repeats: false)
        }
        if !presets.isEmpty {
            let taken = Set(rules.map(\.name))
            let names = ["shutdown"] + (1...rules.count + 1).map { "shutdown-\($0)" }
            rules.append(shutdownRule(presets, name: names.first { !taken.contains($0) } ?? names[0]))
        }
        return Plan(
            onTerminate: plan?.onTerminate ?? .drain, terminationTimeout: plan?.terminationTimeout ?? Keys.day,
            rules: rules)
    }

    private static func shutdownRule(_ presets: [Preset], name: String) -> Rule {
        let validator = Validator(
            context: DecodingContext(format: .configuration, diagnostics: DiagnosticList()), environment: .empty)
        let actions = presets.enumerated().compactMap { index, preset in
            validator.action(
                ActionConfiguration(
                    kind: .shutdown(ShutdownConfiguration(preset: preset, port: nil, host: nil)), timeout: nil,
                    retry: nil, when: nil, onFailure: nil, thenGone: nil), index: index)
        }
        return Rule(
            name: name, targets: [.nothing], until: .allEnded, startTimeout: nil, onStartTimeout: .run,
            gracePeriod: .zero, actions: actions,
            exitCodes: ExitCodes(
                ended: .fromTarget, actionFailed: Keys.ExitCode.actionFailed.defaultValue,
                notStarted: Keys.ExitCode.notStarted.defaultValue,
                terminated: Keys.ExitCode.terminated.defaultValue, unknown: nil),
            isFinal: false, repeats: false)
    }
}

extension ProcessSelector {
    /// Matches no process: uid -1 is nobody's, credentials(7).
    static let nothing = ProcessSelector(name: nil, commandLine: nil, executable: nil, userID: .max)
}

extension Action {
    /// The longest that one attempt at a request may take that only asks whether somebody is there.
    private static let askingTimeout = Duration.seconds(5)

    /// Asks whether a URL is answered with 2xx: a `GET`, without anything that would be secret.
    package static func asking(_ url: HTTPURL) -> Action {
        let request = HTTPRequest(
            method: "GET", url: url, headers: [], body: Secret(""), expectedStatus: [StatusRange(200...299)],
            whenRefused: .fail, whenDropped: .fail, tls: nil, hints: [])
        return Action(
            label: "ask", kind: .http(request), timeout: askingTimeout,
            retry: RetryPolicy(attempts: 1, delay: .zero, maxDelay: .zero), runsWhen: Set(Outcome.allCases),
            onFailure: .continue, thenGone: nil)
    }
}
