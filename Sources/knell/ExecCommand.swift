import ArgumentParser
import ConfigModel
import Glibc
import Supervisor

/// `knell exec`: starts a command, runs the rules when it has ended, and repeats its exit code.
struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command, act when it has ended, repeat its exit code.",
        discussion: """
            For pods that may not share their PID namespace: Knell and the command are in one container. Every rule of the \
            configuration watches the command, whatever it is called, and those of its descendants that match. Signals are \
            passed on to the command, orphans are reaped. Without --config and --shutdown, $KNELL_CONFIG is read, else \
            \(ConfigurationFile.defaultPath) where it exists.

            The exit code is the command's own, 128+n for signal n, 127 where it does not exist and 126 where it cannot be \
            run; where it is 0 and an action has failed, the code of that rule.

            Examples:
              knell exec --shutdown istio -- python report.py
              knell exec --wait-for http://127.0.0.1:15021/healthz/ready --shutdown istio -- ./report
              knell exec --config knell.yaml -- ./report --all
            """)

    /// What follows when something that is waited for does not answer in time.
    enum TimeoutPolicy: String, ExpressibleByArgument, CaseIterable {
        /// The command is not started; the rules run with the outcome `notStarted`.
        case fail
        /// The command is started all the same.
        case start
    }

    @Option(
        help: ArgumentHelp("The configuration, - for standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Shuts this product down when the command has ended; may be repeated. knell presets lists them.",
            valueName: "preset"),
        completion: .list(Preset.names))
    var shutdown: [String] = []

    @Option(
        help: ArgumentHelp(
            "Starts the command once a GET of this URL is answered with 2xx; may be repeated.", valueName: "url"))
    var waitFor: [String] = []

    @Option(help: ArgumentHelp("The longest that is waited for all of them.", valueName: "duration"))
    var waitTimeout = "60s"

    @Option(help: ArgumentHelp("fail or start: what follows when the time is over.", valueName: "policy"))
    var onWaitTimeout = TimeoutPolicy.fail

    @Flag(
        help: ArgumentHelp(
            "The command leads a process group of its own, which gets the signals as a whole, and the terminal."))
    var processGroup = false

    @OptionGroup var supervision: SupervisionOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The command and its arguments, behind --.", valueName: "command"))
    var command: [String]

    func validate() throws {
        if command.isEmpty || command[0].isEmpty {
            throw ValidationError("The command is missing; write it behind --, such as: knell exec -- ./report --all")
        }
        _ = try presets()
        _ = try urls()
        _ = try timeout()
    }

    func run() throws {
        supervision.closeToPeers()
        let presets = try presets()
        let log = supervision.makeLog()
        var options: Supervisor.Options
        let plan: Plan
        if let source = source(presets) {
            let (version, amended) = try supervision.read(source)
            plan = amended
            options = supervision.options(for: source, version)
        } else {
            plan = Plan.forCommand(rulesOf: nil, shutdown: presets)
            options = supervision.options(for: nil, nil)
        }
        var commandOptions = CommandOptions(command: command)
        commandOptions.hasOwnGroup = processGroup
        commandOptions.waitsFor = try urls()
        commandOptions.waitTimeout = try timeout()
        commandOptions.startsUnanswered = onWaitTimeout == .start
        options.command = commandOptions
        try supervision.supervise(plan, options, log)
    }

    /// The configuration that counts; `nil` for none.
    private func source(_ presets: [Preset]) -> ConfigurationSource? {
        let environment = ConfigurationEnvironment.current()
        var path = config
        if path == nil, presets.isEmpty {
            path = ConfigurationFile.pathInEnvironment(environment)
            if path == nil, unsafe access(ConfigurationFile.defaultPath, F_OK) == 0 {
                path = ConfigurationFile.defaultPath
            }
        }
        return path.map { path in
            ConfigurationSource(path: path, environment: environment) {
                Plan.forCommand(rulesOf: $0, shutdown: presets)
            }
        }
    }

    private func presets() throws -> [Preset] {
        try shutdown.map { name in
            guard let preset = Preset.all.first(where: { $0.name == name }) else {
                throw ValidationError(
                    "Unknown preset \"\(name)\"\(Preset.suggestion(for: name)); known are \(Preset.names.joined(separator: ", "))."
                )
            }
            return preset
        }
    }

    private func urls() throws -> [HTTPURL] {
        try waitFor.map { text in
            do throws(URLFault) {
                return try HTTPURL(parsing: text)
            } catch {
                throw ValidationError("Cannot use the URL of --wait-for: \(error.reason).")
            }
        }
    }

    private func timeout() throws -> Duration {
        do throws(DurationFault) {
            return try Duration(parsing: waitTimeout)
        } catch {
            switch error {
            case .syntax(let reason), .range(let reason):
                throw ValidationError("Cannot read \"\(waitTimeout)\" of --wait-timeout as a duration: \(reason).")
            }
        }
    }
}
