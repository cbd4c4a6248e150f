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
              knell run --status-listen 127.0.0.1:9464
            """)

    @Option(
        help: ArgumentHelp(
            "The configuration, - for standard input; if left out, $KNELL_CONFIG, else \(ConfigurationFile.defaultPath).",
            valueName: "file"))
    var config: String?

    @Flag(help: "Log the actions and do none.")
    var dryRun = false

    @Option(help: ArgumentHelp("json or text; if left out, text on a terminal, else json.", valueName: "format"))
    var logFormat: LogFormat?

    @Option(help: ArgumentHelp("The least level that is logged.", valueName: "level"))
    var logLevel = LogRecord.Level.info

    @Option(help: ArgumentHelp("Where the process table is.", valueName: "dir"))
    var procRoot = "/proc"

    @Option(
        help: ArgumentHelp(
            "Where the verdict goes; if left out, \(TerminationLog.defaultPath) where it exists.", valueName: "file"))
    var terminationLog: String?

    @OptionGroup var status: StatusOptions

    func run() throws {
        let environment = ConfigurationEnvironment.current()
        // Empty counts as left out, as in most programs: a manifest cannot unset a variable.
        let variable = environment.variable("KNELL_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
        let path = config ?? variable ?? ConfigurationFile.defaultPath
        let format = logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        let log = EventLog(format: format, threshold: logLevel, isDryRun: dryRun)
        let plan = try readPlan(path, environment)
        var options = Supervisor.Options()
        options.isDryRun = dryRun
        options.procRoot = procRoot
        status.apply(to: &options)
        let supervisor: Supervisor
        let verdict: Verdict
        do {
            supervisor = try Supervisor(plan: plan, options: options, log: log)
            verdict = try supervisor.run()
        } catch {
            StandardStreams.printError("knell: error: cannot supervise: \(error)\n")
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
            StandardStreams.printError("knell: error: cannot read the configuration: \(error)\n")
            throw KnellExitCode.noInput
        }
        StandardStreams.printError(reading.render(fileName: ConfigurationFile.displayName(path)))
        guard let plan = reading.plan else { throw KnellExitCode.invalidConfiguration }
        return plan
    }
}
