import ArgumentParser

/// Knell's own exit codes, after sysexits.h; every other code is the configuration's.
enum KnellExitCode {
    /// A file cannot be read.
    static let noInput = ExitCode(66)
    /// A bug in Knell itself.
    static let softwareFault = ExitCode(70)
    /// A system call failed at the start.
    static let osError = ExitCode(71)
    /// The configuration is invalid.
    static let invalidConfiguration = ExitCode(78)
}
