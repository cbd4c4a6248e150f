import TestSupport
import Testing

extension IsolatedCheck {
    /// Makes the check in a process of its own, and expects that it holds; what it has said is shown otherwise.
    ///
    /// - Throws: ``ChildProcessFault`` where the process cannot be started or takes far too long; it is killed then.
    func expectSuccess(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        // Longer than the checks' own patience, so that theirs is the reason that is shown.
        let bound = Duration.seconds(120)
        let process = try ChildProcess(
            TestProducts.path(of: "isolated-check"), [rawValue] + arguments, capturesError: true)
        let said = try process.readToEnd(from: .standardError, within: bound)
        let status = try process.wait(within: bound)
        #expect(status == 0, "\(rawValue): \(said)", sourceLocation: sourceLocation)
    }
}
