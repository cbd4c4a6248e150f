/// Every key of the configuration, declared once.
///
/// The decoder reads through these declarations, the validator takes its defaults from them, and the reference in
/// `docs/configuration.md` is checked against them.
package enum Keys {
    static let day = Duration.seconds(86_400)
    /// Keys whose values may be secrets: no diagnostic shows them.
    static let secretNames: Set<String> = [HTTP.headers.name, HTTP.body.name]

    package enum Document {
        static let version = Key("version", .version, isRequired: true, "The version of this format.", example: "1")
        static let onTerminate = Key(
            "onTerminate", default: Plan.TerminationPolicy.drain,
            "What SIGTERM does: go on watching for `terminationTimeout` and then run what has not run, run it at once, or exit."
        )
        static let terminationTimeout = Key(
            "terminationTimeout", .zero...Keys.day, default: .seconds(25),
            "The longest that `drain` goes on watching after SIGTERM; keep it below the pod's terminationGracePeriodSeconds.",
            example: "50s")
        static let rules = Key(
            "rules", .list(.mapping(Rule.declaration), count: 1...64), isRequired: true,
            "What is watched and what then happens.", example: "[{name: main, watch: {processes: [{name: airflow}]}}]")

        package static let declaration = MappingDeclaration(
            "configuration", "The whole file.",
            [version.declaration, onTerminate.declaration, terminationTimeout.declaration, rules.declaration])
    }

    package enum Rule {
        static let name = Key(
            "name", .dnsLabel, isRequired: true, "The rule's name in logs and verdict; unique.",
            example: "stop-the-mesh")
        static let watch = Key(
            "watch", .mapping(Watch.declaration), isRequired: true, "The processes whose end matters.",
            example: "{processes: [{name: airflow}]}")
        static let gracePeriod = Key(
            "gracePeriod", .zero...Keys.day, default: .zero,
            "How long after the end a match that appears again takes the rule back to watching.", example: "5s")
        static let actions = Key(
            "actions", .list(.mapping(Action.declaration), count: 0...64), default: (), "[]",
            "What happens after the end, in order, one at a time.", example: "[{shutdown: istio}]")
        static let exitCode = Key(
            "exitCode", .either(.exitCode, .either(.choice(["fromTarget"]), .mapping(ExitCode.declaration))),
            "Which exit code the rule stands for; a number or `fromTarget` alone is `ended`.",
            example: "{ended: fromTarget}")
        static let isFinal = Key(
            "final", default: false, "Knell exits with this rule's code as soon as the rule is finished.")
        static let repeats = Key(
            "repeat", default: false, "The rule goes back to waiting when it is finished, for pods that live long.")

        package static let declaration = MappingDeclaration(
            "rule", "One rule: what is watched, what then happens, and with which exit code.",
            constraints: [.notBothTrue(isFinal.name, repeats.name)],
            [
                name.declaration, watch.declaration, gracePeriod.declaration, actions.declaration, exitCode.declaration,
                isFinal.declaration, repeats.declaration,
            ])
    }

    package enum Watch {
        static let processes = Key(
            "processes", .list(.mapping(Selector.declaration), count: 1...32), isRequired: true,
            "The selectors; each is one target.", example: "[{name: airflow}]")
        static let until = Key(
            "until", default: ConfigModel.Rule.EndCondition.allEnded, "Whether all targets must have ended, or any one."
        )
        static let startTimeout = Key(
            "startTimeout", .duration(Duration.milliseconds(1)...Limits.longestDuration),
            "How long targets may stay unseen; left out, Knell waits for ever.", example: "10m")
        static let onStartTimeout = Key(
            "onStartTimeout", default: ConfigModel.Rule.StartTimeoutPolicy.run,
            "Whether the actions run (outcome `notStarted`) or are skipped when no target was seen in time.")

        package static let declaration = MappingDeclaration(
            "watch", "What a rule watches.",
            [processes.declaration, until.declaration, startTimeout.declaration, onStartTimeout.declaration])
    }

    package enum Selector {
        static let name = Key(
            "name", .pattern,
            "Tried against the process name: `comm`, or the full base name where the kernel cut it at 15 bytes.",
            example: "^airflow")
        static let commandLine = Key(
            "commandLine", .pattern, "Tried against the arguments, joined by one space.", example: "'tasks run'")
        static let executable = Key(
            "executable", .pattern, "Tried against the path of the running program.", example: "'/python3[.0-9]*$'")
        static let user = Key("user", .user, "The real user that the process must run as.", example: "50000")
        static let ignoreCase = Key("ignoreCase", default: false, "The patterns of this selector match in either case.")
        /// The keys of which at least one must be given.
        static let conditions = [name.name, commandLine.name, executable.name, user.name]

        package static let declaration = MappingDeclaration(
            "process", "A selector: every condition that is given must hold, and at least one must be given.",
            constraints: [.oneGroup([conditions])],
            [
                name.declaration, commandLine.declaration, executable.declaration, user.declaration,
                ignoreCase.declaration,
            ])
    }

    package enum ExitCode {
        static let ended = Key(
            "ended", .either(.exitCode, .choice(["fromTarget"])), default: ExitCodes.Ended.code(0), "0",
            "When the targets ended; `fromTarget` repeats the failing process's own code (128+n for signal n).",
            example: "fromTarget")
        static let actionFailed = Key(
            "actionFailed", .exitCode, default: Int32(1), "1",
            "When an action failed whose `onFailure` is not `ignore`.",
            example: "5")
        static let notStarted = Key(
            "notStarted", .exitCode, default: Int32(1), "1", "When a target was not seen within `startTimeout`.",
            example: "3")
        static let terminated = Key(
            "terminated", .exitCode, default: Int32(0), "0", "When Knell was told to stop before the targets ended.",
            example: "143")
        static let unknown = Key(
            "unknown", .exitCode,
            "When `ended` is `fromTarget` and the status cannot be known: 0 if left out; given, it counts for a fixed "
                + "`ended` as well.", example: "0")

        package static let declaration = MappingDeclaration(
            "exitCode", "The exit code by what came of the rule.",
            [
                ended.declaration, actionFailed.declaration, notStarted.declaration, terminated.declaration,
                unknown.declaration,
            ])
    }
}
