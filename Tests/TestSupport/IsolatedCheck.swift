/// A check that needs a process of its own, since it gives up rights or resources for good.
///
/// The executable `isolated-check` makes the one that its first argument names. Swift Testing's exit tests would do the
/// same, but hang now and then: their thread that waits for the process looks at every child of the test runner, and
/// spins while the child of another test is a zombie.
package enum IsolatedCheck: String, Hashable, Sendable {
    /// Takes another uid; needs root.
    case namesTheRightThatIsMissing
    /// Takes all descriptors.
    case failsRatherThanOverlooksForWantOfDescriptors
    /// Takes another uid; needs root.
    case waitsForTheReapingOfAZombieWhoseStatusIsWithheld
    /// Installs a system call filter, and takes the errno as second argument.
    case pollsWherePidfdsAreForbidden
    /// Takes all descriptors, and changes their limit.
    case raisesTheLimitOfDescriptorsOnceAndThenPolls
    /// Counts the descriptors of the process, so nothing else may open any.
    case leaksNoDescriptor
}
