package import ConfigModel

extension Plan {
    /// Reads a plan from a configuration's text, the only way in which a plan comes about.
    ///
    /// - Throws: ``PlanParsingFault`` with the diagnostics as a user would see them.
    package static func parsing(_ yaml: String, environment: ConfigurationEnvironment = .empty) throws -> Plan {
        let reading = ConfigurationReading(Array(yaml.utf8), environment: environment)
        guard let plan = reading.plan else {
            throw PlanParsingFault(description: reading.render(fileName: "test.yaml"))
        }
        return plan
    }
}

/// Why a test's configuration makes no plan.
package struct PlanParsingFault: Error, CustomStringConvertible {
    /// The rendered diagnostics.
    package let description: String
}
