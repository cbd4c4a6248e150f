/// Why a process is matched by no selector, whatever it looks like.
package enum ProcessExclusion: String, Hashable, Sendable, CaseIterable {
    case itself
    /// It started Knell, directly or through others.
    case ancestor
    /// Knell started it, directly or through others.
    case descendant
    /// Knell did not start it, and looks only at what it started.
    case unrelated
    case kernelThread
    /// It has ended and waits to be reaped.
    case zombie

    /// The reason in words.
    package var text: String {
        switch self {
        case .itself: "Knell itself never matches"
        case .ancestor: "it started Knell, so it never matches"
        case .descendant: "Knell started it, so it never matches"
        case .unrelated: "the command did not start it, so it never matches"
        case .kernelThread: "a thread of the kernel never matches"
        case .zombie: "zombie: it has ended and only waits to be reaped"
        }
    }
}
