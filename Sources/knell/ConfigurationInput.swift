import ArgumentParser
import ConfigModel
import Supervisor

/// The reading of a configuration that a command line names.
enum ConfigurationInput {
    /// Reads the file, or standard input for `-`, and says on standard error what is wrong with it.
    ///
    /// - Throws: ``KnellExitCode/noInput`` where it cannot be read, once that is said.
    static func read(_ file: String, environment: ConfigurationEnvironment) throws(ExitCode) -> ConfigurationReading {
        do {
            let reading = try ConfigurationFile.read(file, environment: environment)
            StandardStreams.printError(reading.render(fileName: ConfigurationFile.displayName(file)))
            return reading
        } catch {
            StandardStreams.printError("knell: error: cannot read the configuration: \(error)\n")
            throw KnellExitCode.noInput
        }
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
