internal import ConfigModel
internal import Presentation

/// A commented configuration made of answers, and what the real reader makes of it.
struct ConfigurationDraft: Sendable {
    private let answers: InitAnswers
    private let workload: WorkloadKind
    private let targets: [InitAnswers.Target]

    /// What is missing among the answers is filled with something that is valid.
    init(_ answers: InitAnswers) {
        self.answers = answers
        workload = answers.workload ?? .job
        targets =
            switch (answers.targets.isEmpty, workload) {
            case (false, _): answers.targets
            case (true, .airflow): [.init(.commandLine, (answers.airflowVersion ?? .three).commandLine)]
            case (true, .job), (true, .cronjob), (true, .deployment): [.init(.name, "^main$")]
            }
    }

    private var presets: [String] { answers.presets.isEmpty ? ["istio"] : answers.presets }

    private var startTimeout: String? {
        guard let startTimeout = answers.startTimeout else { return workload.usualStartTimeout }
        return startTimeout == InitAnswers.noTimeout ? nil : startTimeout
    }

    private var gracePeriod: String { answers.gracePeriod ?? workload.usualGracePeriod }

    // MARK: Reading

    /// The plan that the draft stands for, read by the reader that reads every configuration.
    ///
    /// - Throws: ``InitFaults``, in terms of the flags.
    func plan() throws(InitFaults) -> Plan {
        var faults = characterFaults
        guard faults.isEmpty else { throw InitFaults(faults: faults) }
        let reading = ConfigurationReading(Array(text(leastGracePeriodSeconds: 0).utf8), environment: .empty)
        for diagnostic in reading.diagnostics {
            guard let origin = origins[diagnostic.path.description] else {
                preconditionFailure("the draft is invalid: \(diagnostic)")
            }
            faults.append(InitFault(flag: origin.flag, value: origin.value, reason: diagnostic.reason))
        }
        guard let plan = reading.plan, faults.isEmpty else { throw InitFaults(faults: faults) }
        return plan
    }

    /// The flags by the place of their values in the configuration.
    private var origins: [String: (flag: String, value: String)] {
        var origins: [String: (String, String)] = [
            "rules[0].watch.startTimeout": ("--start-timeout", startTimeout ?? ""),
            "rules[0].gracePeriod": ("--grace-period", gracePeriod),
            "rules[0].watch.processes": ("--process or --command-line", "\(targets.count) times"),
            "rules[0].actions": ("--preset", "\(presets.count) times"),
        ]
        for (index, target) in targets.enumerated() {
            origins["rules[0].watch.processes[\(index)].\(target.key)"] = (target.flag, target.pattern)
        }
        for (index, preset) in presets.enumerated() {
            origins["rules[0].actions[\(index)].shutdown"] = ("--preset", preset)
        }
        return origins
    }

    /// Control characters do not survive YAML's quotes, and some others may not stand in YAML at all.
    private var characterFaults: [InitFault] {
        origins.values.compactMap { origin in
            let reason: String? =
                if origin.value.unicodeScalars.contains(where: \.steersOutput) {
                    "it holds a control character"
                } else if !YAMLText.isWritable(origin.value) {
                    "it holds a character that YAML does not allow"
                } else {
                    nil
                }
            return reason.map { InitFault(flag: origin.flag, value: origin.value, reason: $0) }
        }
    }

    // MARK: Writing

    private var ruleName: String {
        presets.count == 1 && Preset.names.contains(presets[0]) ? "stop-\(presets[0])" : "stop-the-helpers"
    }

    /// The file; `leastGracePeriodSeconds` is only told.
    func text(leastGracePeriodSeconds: Int64) -> String {
        let lines =
            [
                "# Knell's configuration, written by `knell init` for \(workload.phrase).",
                "#",
                "# `knell explain knell.yaml` says what it does, `knell validate knell.yaml` what is wrong with it.",
                "# The pod needs shareProcessNamespace: true, and a terminationGracePeriodSeconds of at least "
                    + "\(leastGracePeriodSeconds).",
                "version: 1",
                "# When the pod is deleted, every container gets SIGTERM at once: Knell waits for the main process, this long",
                "# at most, and acts then.",
                "onTerminate: drain",
                "terminationTimeout: 25s",
                "rules:",
                "  - name: \(ruleName)",
                "    watch:",
                "      processes:",
            ] + targetLines.map { "        " + $0 } + startTimeoutLines.map { "      " + $0 }
            + (gracePeriodLines + actionLines + endLines).map { "    " + $0 }
        return lines.map { $0 + "\n" }.joined()
    }

    private var targetLines: [String] {
        var lines = [
            targets.count == 1
                ? "# A POSIX regular expression, unanchored as pgrep has it."
                : "# POSIX regular expressions, unanchored as pgrep has them. All of these processes must have ended."
        ]
        if answers.targets.isEmpty, workload == .airflow {
            lines.append(
                answers.airflowVersion == .two
                    ? "# Airflow 2: the supervisor of the task."
                    : "# Airflow 3: the parent, which uploads the logs after its child has ended. Never logged: it holds a token."
            )
        }
        lines += targets.map { "- \($0.key): \(YAMLText.scalar($0.pattern))" }
        if workload == .airflow {
            lines.append("  # user: 50000   # the user of Airflow's own image; makes sure of it")
        }
        return lines
    }

    private var startTimeoutLines: [String] {
        guard let startTimeout else { return ["# No startTimeout: Knell waits for the main process for ever."] }
        return [
            "# A main container that never starts must not keep the pod for ever.",
            "startTimeout: \(YAMLText.scalar(startTimeout))",
        ]
    }

    private var gracePeriodLines: [String] {
        let reason =
            workload == .deployment
            ? "# A kubelet restarts a container after 10 s at first, then after up to 5 minutes: within this time it is no end."
            : "# A process that is started again within this time goes on being watched."
        return [reason, "gracePeriod: \(YAMLText.scalar(gracePeriod))"]
    }

    private var actionLines: [String] {
        var lines = [presets.count == 1 ? "# What happens then." : "# What happens then, one after the other."]
        lines.append("actions:")
        for name in presets {
            if let preset = Preset.all.first(where: { $0.name == name }) {
                lines.append("  # \(preset.product): \(preset.summary)")
                lines += Prose("Assumes: \(preset.assumes)").lines(width: 100, style: .plain).map { "  # " + $0 }
            }
            lines.append("  - shutdown: \(YAMLText.scalar(name))")
        }
        return lines
    }

    private var endLines: [String] {
        let notStarted = startTimeout == nil ? "" : ", notStarted: 3"
        switch workload {
        case .deployment:
            return [
                "# The pod lives on: Knell begins anew after each end.", "repeat: true",
                "exitCode: {ended: 0\(notStarted)}",
            ]
        case .airflow:
            return [
                "# The executor goes by the pod's phase: a code of Knell's would fail a task that has done its work.",
                "exitCode: {ended: 0, actionFailed: 0\(startTimeout == nil ? "" : ", notStarted: 0")}",
            ]
        case .job, .cronjob:
            return [
                "# The main container's own exit code decides about the Job\(startTimeout == nil ? "" : "; 3 says that it never started").",
                "exitCode: {ended: 0\(notStarted)}",
            ]
        }
    }
}

extension WorkloadKind {
    fileprivate var phrase: String {
        switch self {
        case .job: "a Job"
        case .cronjob: "a CronJob"
        case .deployment: "a Deployment"
        case .airflow: "a task of Airflow's KubernetesExecutor"
        }
    }
}

extension InitAnswers.Target {
    fileprivate var key: String {
        switch subject {
        case .name: "name"
        case .commandLine: "commandLine"
        }
    }

    fileprivate var flag: String {
        switch subject {
        case .name: "--process"
        case .commandLine: "--command-line"
        }
    }
}
