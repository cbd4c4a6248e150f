package import ConfigModel
package import LinuxProcesses

/// A configuration that can be read again: where it is, with what it is read, and what is made of its plan.
package struct ConfigurationSource {
    /// One version of the file.
    package struct Version {
        package let reading: ConfigurationReading
        /// The plan as it counts here; `nil` where the version is invalid.
        package let plan: Plan?
        let fingerprint: Fingerprint
    }

    /// Tells versions of a file apart without keeping their text.
    package struct Fingerprint: Hashable, Sendable {
        private let count: Int
        private let hash: Int

        init(_ bytes: [UInt8]) {
            count = bytes.count
            hash = bytes.hashValue
        }
    }

    package let path: String
    private let environment: ConfigurationEnvironment
    private let amend: (Plan) -> Plan

    /// The file at `path`, `-` for standard input; `amend` makes what counts of the plan in it.
    package init(
        path: String, environment: ConfigurationEnvironment, amend: @escaping (Plan) -> Plan = { $0 }
    ) {
        self.path = path
        self.environment = environment
        self.amend = amend
    }

    /// What diagnostics call the file.
    package var displayName: String { ConfigurationFile.displayName(path) }

    /// Whether there is something to read again.
    package var isFile: Bool { path != "-" }

    /// Reads the file as it is now.
    ///
    /// - Throws: ``SystemCallError`` where it cannot be read.
    package func read() throws(SystemCallError) -> Version {
        let bytes = try ConfigurationFile.contents(of: path)
        let reading = ConfigurationReading(bytes, environment: environment)
        return Version(reading: reading, plan: reading.plan.map(amend), fingerprint: Fingerprint(bytes))
    }
}
