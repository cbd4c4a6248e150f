import ArgumentParser
import ConfigModel
import Glibc
import LinuxProcesses
import Presentation
import Supervisor

/// `knell match`: what the selectors of a configuration match now.
struct MatchCommand: ParsableCommand {
    /// How results look.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
    }

    /// A duration as the configuration writes it.
    struct Interval: ExpressibleByArgument {
        let duration: Duration

        /// `nil` below a tenth of a second, which no eye follows, and above an hour.
        init?(argument: String) {
            guard let duration = try? Duration(parsing: argument),
                (.milliseconds(100) ... .seconds(3_600)).contains(duration)
            else { return nil }
            self.duration = duration
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Show what each selector matches on this machine now, and what almost matched and why not.",
        discussion: """
            Nothing is watched and nothing is done. The exit code is 0 when every target matches a process, 1 when some \
            target matches nothing; what the selectors of actions match does not count. With --watch it is 128+n after \
            the signal that ends it.

            Command lines can hold secrets, so they are shown on demand only.

            Examples:
              knell match knell.yaml
              knell match --watch --interval 500ms knell.yaml
              knell match --proc-root recorded/proc --format json knell.yaml
              kubectl exec my-pod -c knell -- /knell match /etc/knell/knell.yaml
            """)

    @Argument(
        help: ArgumentHelp("The configuration; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var format = Format.text

    @Flag(help: "Show the arguments of processes, which may hold secrets.")
    var showCommandLines = false

    @Option(
        help: ArgumentHelp("Where the process table is; a recorded one will do.", valueName: "dir"),
        completion: .directory)
    var procRoot = "/proc"

    @Flag(help: "Variables that only the pod knows are warnings. No selector depends on them.")
    var allowUndefinedVariables = false

    @Flag(help: "Look again and again, and redraw the terminal, until Ctrl-C.")
    var watch = false

    @Option(help: ArgumentHelp("How often --watch looks, 100ms to 1h; if left out, 1s.", valueName: "duration"))
    var interval: Interval?

    func validate() throws {
        if interval != nil, !watch { throw ValidationError("--interval is for --watch") }
        guard watch else { return }
        if format == .json { throw ValidationError("--watch draws text; leave out --format json") }
        guard StandardStreams.outputCanBeRedrawn else {
            throw ValidationError(
                "--watch redraws a terminal, and standard output is none that can be redrawn; leave it out to look once"
            )
        }
    }

    func run() throws {
        let plan = try readPlan()
        do {
            let matcher = try Matcher(plan: plan, procRoot: procRoot)
            if watch {
                let signal = try ScreenLoop(interval: interval?.duration ?? .seconds(1)).run {
                    () throws(SystemCallError) in
                    self.frame(of: try matcher.look())
                }
                throw ExitCode(128 + signal)
            }
            let report = try matcher.look()
            show(report)
            if report.targetCounts.unmatched > 0 { throw ExitCode(1) }
        } catch let error as SystemCallError {
            StandardStreams.printFault("cannot look at the processes: \(error)")
            throw KnellExitCode.osError
        }
    }

    private func readPlan() throws -> Plan {
        let environment = ConfigurationEnvironment.current(allowsUndefined: allowUndefinedVariables)
        let reading = try ConfigurationInput.read(file, environment: environment)
        guard let plan = reading.plan else { throw KnellExitCode.invalidConfiguration }
        // Without its user the selector would match more than it does in the pod.
        if reading.diagnostics.contains(where: { $0.code == .unknownUser }) {
            StandardStreams.printFault("cannot tell what a selector matches whose user is unknown")
            throw KnellExitCode.invalidConfiguration
        }
        return plan
    }

    private func show(_ report: MatchReport) {
        switch format {
        case .json: StandardStreams.print(report.json(showsCommandLines: showCommandLines).pretty + "\n")
        case .text:
            for warning in report.warnings { StandardStreams.printWarning("\(warning)") }
            StandardStreams.print(report.text(style: StandardStreams.outputStyle, showsCommandLines: showCommandLines))
        }
    }

    /// One screen: what it shows, the warnings, the report.
    private func frame(of report: MatchReport) -> String {
        let style = StandardStreams.outputStyle
        let every = (interval?.duration ?? .seconds(1)).configText
        return style.dim("knell match \(ConfigurationFile.displayName(file).printable), every \(every), Ctrl-C ends")
            + "\n\n"
            + report.warnings.map { style.yellow("warning:") + " \($0)\n" }.joined()
            + report.text(style: style, showsCommandLines: showCommandLines)
    }
}
