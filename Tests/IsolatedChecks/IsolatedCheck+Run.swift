import Glibc
import TestSupport

extension IsolatedCheck {
    /// Makes the check in this process, which is of no other use afterwards.
    ///
    /// - Throws: ``CheckFailure`` where the check does not hold, or the error that kept it from being made.
    func run(_ arguments: [String]) throws {
        switch self {
        case .namesTheRightThatIsMissing: try ScannerChecks.namesTheRightThatIsMissing()
        case .failsRatherThanOverlooksForWantOfDescriptors:
            try ScannerChecks.failsRatherThanOverlooksForWantOfDescriptors()
        case .waitsForTheReapingOfAZombieWhoseStatusIsWithheld:
            try WatcherChecks.waitsForTheReapingOfAZombieWhoseStatusIsWithheld()
        case .pollsWherePidfdsAreForbidden:
            let error = try require(arguments.first.flatMap { Int32($0) }, "no errno in \(arguments)")
            try WatcherChecks.pollsWherePidfdsAreForbidden(error: error)
        case .raisesTheLimitOfDescriptorsOnceAndThenPolls:
            try WatcherChecks.raisesTheLimitOfDescriptorsOnceAndThenPolls()
        case .leaksNoDescriptor: try WatcherChecks.leaksNoDescriptor()
        }
    }
}

/// Takes the uid and gid of nobody, for good.
func becomeNobody() throws {
    try check(setgid(65_534) == 0 && setuid(65_534) == 0, "cannot take the uid 65534: errno \(errno)")
}
