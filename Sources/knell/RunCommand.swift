import ArgumentParser
import ConfigModel
import Glibc
import LinuxProcesses
import Supervisor
import SupervisorCore

extension LogFormat: ExpressibleByArgument {}

extension LogRecord.Level: ExpressibleByArgument {}

/// `knell run`: the main job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch processes, act when they have ended, exit with the right code.",
        discussion: """
            Examples:
              knell run
              knell run --config knell.yaml --dry-run --log-format text
              kubectl get configmap knell -o jsonpath='{.data.knell\\.yaml}' | knell run --config - --dry-run
            """)

    @Option(
        help: ArgumentHelp(
            "The configuration, - for standard input; if left out, $KNELL_CONFIG, else \(ConfigurationFile.defaultPath).",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(help: "Log the actions and do none.")
    var dryRun = false

    @Option(help: ArgumentHelp("json or text; if left out, text on a terminal, else json.", valueName: "format"))
    var logFormat: LogFormat?

    @Option(help: ArgumentHelp("The least level that is logged.", valueName: "level"))
    var logLevel = LogRecord.Level.info

    @Option(help: ArgumentHelp("Where the process table is.", valueName: "dir"), completion: .directory)
    var procRoot = "/proc"

    @Option(
        help: ArgumentHelp(
            "Where the verdict goes; if left out, \(TerminationLog.defaultPath) where it exists.", valueName: "file"),
        completion: .file())
    var terminationLog: String?

    func run() throws {
        let environment = ConfigurationEnvironment.current()
        // Empty counts as left out, as in most programs: a manifest cannot unset a variable.
        let variable = environment.variable("KNELL_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
        let path = config ?? variable ?? ConfigurationFile.defaultPath
        let format = logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        let log = EventLog(
            format: format, threshold: logLevel, isDryRun: dryRun, style: StandardStreams.errorStyle)
        let plan = try readPlan(path, environment)
        var options = Supervisor.Options()
        options.isDryRun = dryRun
        options.procRoot = procRoot
        let supervisor: Supervisor
        let verdict: Verdict
        do {
            supervisor = try Supervisor(plan: plan, options: options, log: log)
            verdict = try supervisor.run()
        } catch {
            StandardStreams.printFault("cannot supervise: \(error)")
            throw KnellExitCode.osError
        }
        do {
            try TerminationLog.write(verdict, isDryRun: dryRun, to: terminationLog)
        } catch {
            // Through the log, for a reader that stands still must not hold up the exit either.
            log.write(
                LogRecord(.verdictUnwritten, level: .error).with { $0.error = "cannot write the verdict: \(error)" })
        }
        // The exit closes everything at once; taking the HTTP client apart first would only cost time.
        withExtendedLifetime(supervisor) { Self.exit(withError: ExitCode(verdict.exitCode)) }
    }

    private func readPlan(_ path: String, _ environment: ConfigurationEnvironment) throws -> Plan {
        let reading: ConfigurationReading
        do {
            reading = try ConfigurationFile.read(path, environment: environment)
        } catch {
            StandardStreams.printFault("cannot read the configuration: \(error)")
            throw KnellExitCode.noInput
        }
        StandardStreams.printError(
            reading.render(fileName: ConfigurationFile.displayName(path), style: StandardStreams.errorStyle))
        guard let plan = reading.plan else { throw KnellExitCode.invalidConfiguration }
        return plan
    }
}
