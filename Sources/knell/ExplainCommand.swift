import ArgumentParser
import Authoring
import ConfigModel
import Presentation
import Supervisor

/// `knell explain`: what a configuration means.
struct ExplainCommand: ParsableCommand {
    /// How the explanation is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case mermaid
    }

    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a configuration does: what is watched, what then happens, and with which exit code.",
        discussion: """
            Presets are shown as what they really do, defaults are marked, and what is valid but questionable is noted at \
            the end. Header values, bodies, arguments of programs, queries and values of variables are never shown.

            Examples:
              knell explain knell.yaml
              knell explain --format json knell.yaml | jq .notes
              knell explain --format mermaid knell.yaml > knell.mmd
            """)

    @Argument(help: ArgumentHelp("The configuration; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("text, json, or mermaid for a diagram.", valueName: "format"))
    var format = Format.text

    @Flag(help: "Variables and users that only the pod knows are warnings, for checks in CI.")
    var allowUndefinedVariables = false

    func run() throws {
        let environment = ConfigurationEnvironment.current(allowsUndefined: allowUndefinedVariables)
        let (plan, configuration) = try ConfigurationInput.readValid(file, environment: environment)
        let explanation = Explanation(plan, of: configuration)
        switch format {
        case .text:
            StandardStreams.print(
                explanation.text(fileName: ConfigurationFile.displayName(file), style: StandardStreams.outputStyle))
        case .json: StandardStreams.print(explanation.json.pretty + "\n")
        case .mermaid: StandardStreams.print(explanation.mermaid)
        }
    }
}
