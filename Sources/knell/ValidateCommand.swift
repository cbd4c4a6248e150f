import ArgumentParser
import ConfigModel
import LinuxProcesses
import Presentation
import Supervisor

/// `knell validate`: says everything that is wrong with configurations, and runs nothing.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check configurations and say everything that is wrong with them.",
        discussion: """
            Diagnostics go to standard error, one line on each good file to standard output. The exit code is 0, 78 when a \
            file is invalid, 66 when one cannot be read.

            Examples:
              knell validate knell.yaml
              knell validate --allow-undefined-variables samples/*.yaml
              helm template . | yq '.data["knell.yaml"]' | knell validate -
            """)

    @Argument(
        help: ArgumentHelp("Configurations; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    @Flag(help: "Variables and users that only the pod knows are warnings, for checks in CI.")
    var allowUndefinedVariables = false

    func run() throws {
        let environment = ConfigurationEnvironment.current(allowsUndefined: allowUndefinedVariables)
        var isInvalid = false
        var isUnreadable = false
        for file in files {
            do throws(ExitCode) {
                if let plan = try ConfigurationInput.read(file, environment: environment).plan {
                    let count = plan.rules.count
                    let name = ConfigurationFile.displayName(file)
                    let valid = StandardStreams.outputStyle.green("valid")
                    StandardStreams.print("\(name): \(valid), \(count) \(count == 1 ? "rule" : "rules")\n")
                } else {
                    isInvalid = true
                }
            } catch {
                isUnreadable = true
            }
        }
        if isUnreadable { throw KnellExitCode.noInput }
        if isInvalid { throw KnellExitCode.invalidConfiguration }
    }
}
