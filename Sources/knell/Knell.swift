import ArgumentParser
import CLinux
import LinuxProcesses

/// The command `knell`.
@main
struct Knell: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "knell",
        abstract: "A declarative sidecar supervisor: when the main process ends, it does what has to be done.",
        discussion: """
            Knell watches processes of a pod that shares its PID namespace. When they have ended it runs actions in order \
            (HTTP request, signal, touch a file, run a program) and exits with the code that the configuration decides.

            Exit codes of Knell itself: 64 usage, 66 the file cannot be read, 70 a bug in Knell, 71 a system call failed \
            at the start, 78 invalid configuration. Every other code is the configuration's.

            Completions for a shell: knell --generate-completion-script bash|zsh|fish

            Examples:
              knell validate knell.yaml
              knell match knell.yaml
              knell run --config knell.yaml --dry-run
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Running", subcommands: [RunCommand.self, ExecCommand.self, ProbeCommand.self]),
            CommandGroup(
                name: "Checking",
                subcommands: [
                    ValidateCommand.self, ExplainCommand.self, SimulateCommand.self, MatchCommand.self,
                ]),
            CommandGroup(name: "Writing", subcommands: [InitCommand.self, SchemaCommand.self, PresetsCommand.self]),
        ])

    static func main() {
        ResidentMemory.limitHeaps()
        StandardStreams.openMissing()
        knell_exit_on_fault(KnellExitCode.softwareFault.rawValue)
        main(arguments())
    }

    /// The arguments behind the program's name, decoded as CommandLine does it, but also in a root without /proc.
    private static func arguments() -> [String] {
        var arguments: [String] = []
        while let argument = unsafe knell_argument(Int32(arguments.count) + 1) {
            unsafe arguments.append(String(cString: argument))
        }
        return arguments
    }
}
