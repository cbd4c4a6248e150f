import ArgumentParser
import CLinux
import ConfigModel
import Glibc
import Reporting
import Supervisor
import SupervisorCore

extension LogFormat: ExpressibleByArgument {}

extension LogRecord.Level: ExpressibleByArgument {}

/// What `run` and `exec` have in common on the command line, and how a run is carried through.
struct SupervisionOptions: ParsableArguments {
    @Flag(help: "Log the actions and do none.")
    var dryRun = false

    @Flag(
        help:
            "Keep the configuration that was read at the start; $KNELL_NO_RELOAD, where it is not empty, does the same."
    )
    var noReload = false

    @OptionGroup var status: StatusOptions

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

    /// Keeps what a run will hold, secrets among it, from other processes of the same user; see `knell_set_dumpable`.
    ///
    /// With `$KNELL_DEBUGGABLE` it opens itself instead, for whoever wants to attach a debugger or to look through /proc:
    /// in the image, where the executable cannot be read, the kernel has closed it already.
    func closeToPeers() {
        let variable = ConfigurationEnvironment.current().variable("KNELL_DEBUGGABLE") ?? ""
        // Fails nowhere; and where it did, a run would be what it was without.
        _ = knell_set_dumpable(!variable.isEmpty)
    }

    /// The log that the run tells its events to.
    func makeLog() -> EventLog {
        let format = logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
        return EventLog(
            format: format, threshold: logLevel, isDryRun: dryRun, style: StandardStreams.errorStyle)
    }

    /// A version of the configuration that is valid, with its diagnostics told.
    ///
    /// - Throws: the exit code for a file that cannot be read, or for one that is invalid.
    func read(_ source: ConfigurationSource) throws(ExitCode) -> (version: ConfigurationSource.Version, plan: Plan) {
        let version = try ConfigurationInput.read(source)
        guard let plan = version.plan else { throw KnellExitCode.invalidConfiguration }
        return (version, plan)
    }

    /// The options of a run whose plan came from this version of a file; `nil` where it came from no file.
    func options(
        for source: ConfigurationSource?, _ version: ConfigurationSource.Version?
    ) -> Supervisor.Options {
        var options = Supervisor.Options()
        options.isDryRun = dryRun
        options.procRoot = procRoot
        status.apply(to: &options)
        let variable = ConfigurationEnvironment.current().variable("KNELL_NO_RELOAD") ?? ""
        if let source, let version {
            if noReload {
                options.reasonNotToReload = "--no-reload pins the configuration"
            } else if !variable.isEmpty {
                options.reasonNotToReload = "KNELL_NO_RELOAD pins the configuration"
            } else if !source.isFile {
                options.reasonNotToReload = "the configuration came from standard input"
            } else {
                options.reload = (source, version)
            }
        }
        return options
    }

    /// Runs to the end, writes the verdict, and exits with its code.
    ///
    /// - Throws: the exit code for a system call that failed at the start.
    func supervise(_ plan: Plan, _ options: Supervisor.Options, _ log: EventLog) throws -> Never {
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
        withExtendedLifetime(supervisor) { Knell.exit(withError: ExitCode(verdict.exitCode)) }
    }
}
