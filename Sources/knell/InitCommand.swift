import ArgumentParser
import Authoring
import Glibc
import LinuxProcesses
import Presentation

extension WorkloadKind: ExpressibleByArgument {}

extension AirflowVersion: ExpressibleByArgument {}

/// `knell init`: a first configuration, with what Kubernetes needs around it.
struct InitCommand: ParsableCommand {
    /// Which part goes to standard output.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case all
        case configuration
        case manifest
        case podOverride = "pod-override"
    }

    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented configuration, its ConfigMap, and the container around it.",
        discussion: """
            On a terminal it asks for what no flag says. The result goes to standard output, or with --output into files.

            Examples:
              knell init
              knell init --workload job --process '^report$' --preset istio
              knell init --workload airflow --preset linkerd --output deploy
              knell init --workload cronjob --command-line 'manage\\.py migrate' \\
                --preset cloud-sql-proxy --preset istio --print manifest
            """)

    @Option(
        name: .customLong("process"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A process to wait for, by its name: a regular expression. May be repeated.", valueName: "pattern"))
    var processes: [String] = []

    @Option(
        name: .customLong("command-line"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A process to wait for, by its command line: a regular expression. May be repeated.", valueName: "pattern"))
    var commandLines: [String] = []

    @Option(
        name: .customLong("preset"),
        help: ArgumentHelp(
            "What is to stop then; knell presets lists them. May be repeated, in the order of stopping.",
            valueName: "preset"))
    var presets: [String] = []

    @Option(help: ArgumentHelp("What runs the pod: job, cronjob, deployment or airflow.", valueName: "kind"))
    var workload: WorkloadKind?

    @Option(help: ArgumentHelp("2 or 3: decides which process is waited for; if left out, 3.", valueName: "version"))
    var airflowVersion: AirflowVersion?

    @Option(help: ArgumentHelp("The name of the ConfigMap.", valueName: "name"))
    var name = "knell"

    @Option(help: ArgumentHelp("The namespace in the manifests; if left out, they name none.", valueName: "name"))
    var namespace: String?

    @Option(
        help: ArgumentHelp(
            "How long the process may take to start, or none; if left out, as suits the workload.",
            valueName: "duration"))
    var startTimeout: String?

    @Option(
        help: ArgumentHelp(
            "How long an end may turn out to be a restart; if left out, as suits the workload.", valueName: "duration"))
    var gracePeriod: String?

    @Option(help: ArgumentHelp("Knell's own image.", valueName: "image"))
    var image = "registry.example.com/knell:\(Knell.configuration.version)"

    @Option(help: ArgumentHelp("Write files into this directory, which is made where it is missing.", valueName: "dir"))
    var output: String?

    @Flag(help: "Overwrite files that exist.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Which part goes to standard output: all, configuration, manifest (for airflow the ConfigMap alone) or pod-override.",
            valueName: "part"))
    var print: Part?

    /// Says all that the flags alone tell, before anything is asked.
    func validate() throws {
        if output != nil, print != nil {
            throw ValidationError("--print is about standard output, --output about files.")
        }
        if output?.isEmpty == true { throw ValidationError("--output: write a directory, such as deploy.") }
        if let workload, workload != .airflow {
            if print == .podOverride {
                throw ValidationError("--print pod-override is for --workload airflow; write --print manifest.")
            }
            if airflowVersion != nil { throw ValidationError("--airflow-version is for --workload airflow.") }
        }
        let missing = answersOfFlags.missingFlags
        guard missing.isEmpty || asks else {
            throw ValidationError(
                "Missing: \(missing.joined(separator: ", ")). On a terminal, knell init asks for what is missing.")
        }
        do throws(InitFaults) {
            _ = try Starter(answersOfFlags)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        let answers = try answersOfTerminal()
        let starter: Starter
        do throws(InitFaults) {
            starter = try Starter(answers)
        } catch {
            throw ValidationError("\(error)")
        }
        if let output { return try write(starter.files, to: output) }
        switch print ?? .all {
        case .all: StandardStreams.print(starter.text)
        case .configuration: StandardStreams.print(starter.configuration.text)
        case .manifest: StandardStreams.print(starter.manifest)
        case .podOverride where starter.isPodOverride: StandardStreams.print(starter.container.text)
        case .podOverride: throw ValidationError("--print pod-override is for airflow; write --print manifest.")
        }
    }

    /// Whether somebody is there to answer; questions go to standard error, so that standard output may go into a file.
    private var asks: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    private var answersOfFlags: InitAnswers {
        var answers = InitAnswers(image: image)
        answers.targets =
            processes.map { InitAnswers.Target(.name, $0) } + commandLines.map { InitAnswers.Target(.commandLine, $0) }
        answers.presets = presets
        answers.workload = workload
        answers.airflowVersion = airflowVersion
        answers.name = name
        answers.namespace = namespace
        answers.startTimeout = startTimeout
        answers.gracePeriod = gracePeriod
        return answers
    }

    /// The flags, and what the questions about the rest have brought.
    private func answersOfTerminal() throws -> InitAnswers {
        guard asks else { return answersOfFlags }
        var interview = Interview(answersOfFlags)
        while let prompt = interview.prompt {
            StandardStreams.printError(prompt)
            guard let line = readLine() else {
                StandardStreams.printError("\n")
                let missing = interview.answers.missingFlags
                let flags = missing.isEmpty ? "--start-timeout" : missing.joined(separator: ", ")
                throw ValidationError("The input ended before all was answered; flags say it too: \(flags).")
            }
            switch interview.answer(line) {
            case .accepted: break
            case .refused(let reason):
                StandardStreams.printError("  \(StandardStreams.errorStyle.red("no:")) \(reason)\n")
            case .givenUp(let reason):
                throw ValidationError("\(reason). That was try number \(Interview.tries); giving up.")
            }
        }
        return interview.answers
    }

    private func write(_ files: [Starter.File], to directory: String) throws {
        let writer = NewFiles(directory: directory, overwrites: force)
        let existing = writer.existing(files.map(\.name))
        guard existing.isEmpty else {
            throw ValidationError(
                "\(existing.joined(separator: ", ")) in \(directory) would be overwritten; --force does so.")
        }
        do throws(SystemCallError) {
            for file in files {
                let path = try writer.write(file.text, to: file.name)
                StandardStreams.print("wrote \(path): \(file.purpose)\n")
            }
        } catch {
            StandardStreams.printError("knell: error: cannot write: \(error)\n")
            throw KnellExitCode.osError
        }
    }
}
