/// Turns a configuration into a plan: fills in defaults, expands presets, resolves users and variables.
struct Validator {
    let context: DecodingContext
    let environment: ConfigurationEnvironment

    /// The plan; meaningful only when no error was reported.
    func plan(for configuration: Configuration) -> Plan {
        Plan(
            onTerminate: configuration.onTerminate ?? Keys.Document.onTerminate.defaultValue,
            terminationTimeout: configuration.terminationTimeout ?? Keys.Document.terminationTimeout.defaultValue,
            rules: configuration.rules.map(rule))
    }

    private func rule(_ rule: RuleConfiguration) -> Rule {
        let codes = rule.exitCode
        return Rule(
            name: rule.name.value,
            targets: rule.targets.map(selector),
            until: rule.until ?? Keys.Watch.until.defaultValue,
            startTimeout: rule.startTimeout,
            onStartTimeout: rule.onStartTimeout ?? Keys.Watch.onStartTimeout.defaultValue,
            gracePeriod: rule.gracePeriod ?? Keys.Rule.gracePeriod.defaultValue,
            actions: rule.actions.enumerated().compactMap { action($0.element, index: $0.offset) },
            exitCodes: ExitCodes(
                ended: codes?.ended ?? Keys.ExitCode.ended.defaultValue,
                actionFailed: codes?.actionFailed ?? Keys.ExitCode.actionFailed.defaultValue,
                notStarted: codes?.notStarted ?? Keys.ExitCode.notStarted.defaultValue,
                terminated: codes?.terminated ?? Keys.ExitCode.terminated.defaultValue,
                unknown: codes?.unknown),
            isFinal: rule.isFinal ?? Keys.Rule.isFinal.defaultValue,
            repeats: rule.repeats ?? Keys.Rule.repeats.defaultValue)
    }

    private func selector(_ selector: SelectorConfiguration) -> ProcessSelector {
        ProcessSelector(
            name: selector.name, commandLine: selector.commandLine, executable: selector.executable,
            userID: selector.user.flatMap(userID))
    }

    private func userID(_ user: Located<SelectorConfiguration.User>) -> UInt32? {
        switch user.value {
        case .id(let id): return id
        case .name(let name):
            if let id = environment.userID(name) { return id }
            reportUndefined(
                .unknownUser, at: user.span, user.path,
                "there is no user \"\(name)\" \(environment.usersPlace); write the uid, since other containers have users of their own"
            )
            return nil
        }
    }

    private func processReference(_ reference: ProcessReferenceConfiguration) -> ProcessReference {
        switch reference {
        case .matching(let selector): .matching(self.selector(selector))
        case .pid(let pid): .pid(pid)
        case .pidFile(let path): .pidFile(path)
        }
    }

    func action(_ action: ActionConfiguration, index: Int) -> Action? {
        guard let kind = kind(action.kind) else { return nil }
        let attempts =
            switch kind {
            case .http: Keys.Retry.attempts.defaultValue
            case .signal, .touch, .exec, .sleep: action.retry == nil ? 1 : Keys.Retry.attempts.defaultValue
            }
        let delay = action.retry?.delay ?? Keys.Retry.delay.defaultValue
        return Action(
            label: "\(index)/\(action.kind.name)",
            kind: kind,
            timeout: action.timeout ?? Keys.Action.timeout.defaultValue,
            retry: RetryPolicy(
                attempts: action.retry?.attempts ?? attempts,
                delay: delay,
                // A long delay alone is meant as written: the default bound must not cut it.
                maxDelay: action.retry?.maxDelay ?? max(delay, Keys.Retry.maxDelay.defaultValue)),
            runsWhen: action.when ?? Set(Outcome.allCases),
            onFailure: action.onFailure ?? Keys.Action.onFailure.defaultValue,
            thenGone: action.thenGone.flatMap { goneCondition($0, of: kind) })
    }

    private func goneCondition(_ condition: ActionConfiguration.ThenGone, of kind: Action.Kind) -> GoneCondition? {
        if let process = condition.process {
            return GoneCondition(process: processReference(process), within: condition.within)
        }
        if case .signal(let request) = kind { return GoneCondition(process: request.process, within: condition.within) }
        return nil
    }

    private func kind(_ kind: ActionConfiguration.Kind) -> Action.Kind? {
        switch kind {
        case .http(let http): return request(http).map { .http($0) }
        case .shutdown(let shutdown): return expand(shutdown)
        case .signal(let process, let signal):
            return .signal(
                SignalRequest(process: processReference(process), signal: signal ?? Keys.Signal.signal.defaultValue))
        case .touch(let path, let createDirectories, let mode):
            return .touch(
                TouchRequest(
                    path: expandedPath(path),
                    createDirectories: createDirectories ?? Keys.Touch.createDirectories.defaultValue,
                    mode: mode ?? Keys.Touch.mode.defaultValue))
        case .exec(let command): return .exec(ExecRequest(command: command))
        case .sleep(let duration): return .sleep(duration)
        }
    }

    private func expandedPath(_ path: Located<String>) -> String {
        guard let text = expanded(path) else { return path.value }
        if !text.hasPrefix("/") || text.hasSuffix("/") || text.utf8.contains(0) || text.utf8.count > Limits.pathBytes {
            context.report(
                .invalidPath, at: path.span, path.path,
                "after its variables are replaced this is no absolute path of a file")
        }
        return text
    }

    /// The text with its variables replaced; `nil` where one is undefined, which is reported.
    func expanded(_ text: Located<String>) -> String? {
        let (result, undefined) = Template.expand(text.value, environment.variable)
        for name in undefined {
            reportUndefined(
                .undefinedVariable, at: text.span, text.path,
                "the environment variable \"\(name.prefix(64))\" is not defined; define it \(environment.variablesPlace), or write $$(…) for the text itself"
            )
        }
        return undefined.isEmpty ? result : nil
    }

    func reportUndefined(_ code: Diagnostic.Code, at span: SourceSpan, _ path: ConfigPath, _ reason: String) {
        let severity: Diagnostic.Severity = environment.allowsUndefined ? .warning : .error
        context.diagnostics.report(Diagnostic(code, severity: severity, at: span, path: path, reason))
    }
}
