package import ConfigModel
package import StatusServer

extension Supervisor {
    /// How a run behaves, apart from its plan.
    package struct Options {
        /// Actions are logged, not done.
        package var isDryRun = false
        /// Where the process table is.
        package var procRoot = "/proc"
        /// Where the plan came from and comes from again when that changes; `nil` pins the first one.
        package var reload: (source: ConfigurationSource, version: ConfigurationSource.Version)?
        /// Why SIGHUP reloads nothing, for the log; of interest only without ``reload``.
        package var reasonNotToReload = "reload is off"
        /// Where to listen for those who ask how things stand; `nil` for nowhere.
        package var statusAddress: ListenAddress?
        /// The version of Knell, for them.
        package var version = ""
        /// The command that Knell starts and whose end it waits for; `nil` for what others have started.
        package var command: CommandOptions?

        package init() {}
    }
}

/// A command that Knell starts, and when.
package struct CommandOptions {
    /// The program and its arguments; never empty.
    package let command: [String]
    /// The command leads a process group of its own, and signals go to the whole group.
    package var hasOwnGroup = false
    /// What must be answered before the command starts.
    package var waitsFor: [HTTPURL] = []
    /// The longest that is waited for that.
    package var waitTimeout = Duration.seconds(60)
    /// The command starts even where no answer has come in time.
    package var startsUnanswered = false

    package init(command: [String]) { self.command = command }
}
