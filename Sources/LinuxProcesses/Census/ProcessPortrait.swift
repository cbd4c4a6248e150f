package import SupervisorCore

/// One process with every fact that a selector may ask for, all of them read from the same process.
package struct ProcessPortrait: Hashable, Sendable {
    package let process: ProcessIdentity
    package let parentPID: Int32
    /// The name as the kernel has it, cut at 15 bytes.
    package let comm: [UInt8]
    /// What ``ProcessFacts/name()`` answers; the others likewise.
    package let knownName: Result<[UInt8], FactError>
    package let knownCommandLine: Result<[UInt8], FactError>
    package let knownExecutable: Result<[UInt8], FactError>
    package let knownUserID: Result<UInt32, FactError>
    /// Why no selector matches it; `nil` for a process that may be matched.
    package let exclusion: ProcessExclusion?

    package init(
        process: ProcessIdentity, parentPID: Int32, comm: [UInt8], name: Result<[UInt8], FactError>,
        commandLine: Result<[UInt8], FactError>, executable: Result<[UInt8], FactError>,
        userID: Result<UInt32, FactError>, exclusion: ProcessExclusion? = nil
    ) {
        self.process = process
        self.parentPID = parentPID
        self.comm = comm
        knownName = name
        knownCommandLine = commandLine
        knownExecutable = executable
        knownUserID = userID
        self.exclusion = exclusion
    }
}

extension ProcessPortrait: ProcessFacts {
    package func name() throws(FactError) -> [UInt8] { try knownName.get() }
    package func commandLine() throws(FactError) -> [UInt8] { try knownCommandLine.get() }
    package func executable() throws(FactError) -> [UInt8] { try knownExecutable.get() }
    package func userID() throws(FactError) -> UInt32 { try knownUserID.get() }
}
