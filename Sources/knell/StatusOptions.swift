import ArgumentParser
import StatusServer
import Supervisor

/// The options of the commands that supervise, for those who want to know how things stand.
struct StatusOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Serve /healthz, /readyz, /status and /metrics there, such as 127.0.0.1:9464; :9464 is open to the network.",
            valueName: "address:port"),
        transform: { text in
            do {
                return try ListenAddress(parsing: text)
            } catch {
                throw ValidationError("\(error)")
            }
        })
    var statusListen: ListenAddress?

    /// Takes them over into what the supervisor is told.
    func apply(to options: inout Supervisor.Options) {
        options.statusAddress = statusListen
        options.version = Knell.configuration.version
    }
}
