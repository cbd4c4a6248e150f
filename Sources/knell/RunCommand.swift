import ArgumentParser
import ConfigModel
import Supervisor

/// `knell run`: the main job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch processes, act when they have ended, exit with the right code.",
        discussion: """
            Changes of the configuration take effect at once: rules that are the same go on, others begin anew. SIGHUP has it read \
            again.

            Examples:
              knell run
              knell run --config knell.yaml --dry-run --log-format text
              kubectl get configmap knell -o jsonpath='{.data.knell\\.yaml}' | knell run --config - --dry-run
              knell run --status-listen 127.0.0.1:9464
            """)

    @Option(
        help: ArgumentHelp(
            "The configuration, - for standard input; if left out, $KNELL_CONFIG, else \(ConfigurationFile.defaultPath).",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @OptionGroup var supervision: SupervisionOptions

    func run() throws {
        supervision.closeToPeers()
        let environment = ConfigurationEnvironment.current()
        let log = supervision.makeLog()
        let path = config ?? ConfigurationFile.pathInEnvironment(environment) ?? ConfigurationFile.defaultPath
        let source = ConfigurationSource(path: path, environment: environment)
        let (version, plan) = try supervision.read(source)
        try supervision.supervise(plan, supervision.options(for: source, version), log)
    }
}
