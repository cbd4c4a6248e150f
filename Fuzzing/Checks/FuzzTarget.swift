/// An entrance of bytes, and what must hold whichever bytes come in.
///
/// The fuzzer and the replay within the tests run the same code; only what they make of a ``BrokenPromise`` differs.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A configuration, from bytes to plan, explanation and simulation.
    case configuration
    /// A scenario, from bytes to the result of its simulation.
    case scenario
    /// A regular expression, and a subject that it is tried against.
    case pattern
    /// Values within a configuration or on the command line, such as durations and URLs.
    case value
    /// What Knell writes: JSON, log lines, tables, diagnostics.
    case output
    /// Files of `/proc`.
    case process

    /// Feeds `bytes` in and looks at what comes out.
    ///
    /// - Throws: ``BrokenPromise``. What traps, does not end or takes all memory is for the caller to notice.
    package func check(_ bytes: [UInt8]) throws(BrokenPromise) {
        switch self {
        case .configuration: try ConfigurationCheck(bytes).run()
        case .scenario: try ScenarioCheck(bytes).run()
        case .pattern: try PatternCheck(bytes).run()
        case .value: try ValueCheck.run(bytes)
        case .output: try OutputCheck.run(bytes)
        case .process: try ProcessCheck.run(bytes)
        }
    }
}

/// Something that the code promises and did not keep.
package struct BrokenPromise: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    /// Throws unless `holds`; `promise` says what should be true, `evidence` what was seen.
    static func unless(
        _ holds: Bool, _ promise: String, _ evidence: @autoclosure () -> String = ""
    ) throws(BrokenPromise) {
        if holds { return }
        let seen = evidence()
        throw BrokenPromise(seen.isEmpty ? promise : "\(promise): \(seen)")
    }
}
