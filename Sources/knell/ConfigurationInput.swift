import ArgumentParser
import ConfigModel
import Supervisor

/// The reading of a configuration that a command line names.
enum ConfigurationInput {
    /// Reads the file as it is now, and says on standard error what is wrong with it.
    ///
    /// - Throws: ``KnellExitCode/noInput`` where it cannot be read, once that is said.
    static func read(_ source: ConfigurationSource) throws(ExitCode) -> ConfigurationSource.Version {
        do {
            let version = try source.read()
            StandardStreams.printError(
                version.reading.render(fileName: source.displayName, style: StandardStreams.errorStyle))
            return version
        } catch {
            StandardStreams.printFault("cannot read the configuration: \(error)")
            throw KnellExitCode.noInput
        }
    }

    /// The same for the file at a path, or standard input for `-`.
    static func read(_ file: String, environment: ConfigurationEnvironment) throws(ExitCode) -> ConfigurationReading {
        try read(ConfigurationSource(path: file, environment: environment)).reading
    }

    /// The same for commands that need a valid configuration.
    ///
    /// - Throws: ``KnellExitCode/invalidConfiguration`` as well.
    static func readValid(
        _ file: String, environment: ConfigurationEnvironment
    ) throws(ExitCode) -> (plan: Plan, configuration: Configuration) {
        let reading = try read(file, environment: environment)
        guard let plan = reading.plan, let configuration = reading.configuration else {
            throw KnellExitCode.invalidConfiguration
        }
        return (plan, configuration)
    }
}
