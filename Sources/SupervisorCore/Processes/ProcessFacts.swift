package import ConfigModel

/// What a selector may ask about one process.
///
/// Every answer may cost a read of /proc, so the matcher asks in the order of cost and only for what it needs.
/// An implementation may remember its answers; hence `mutating`.
package protocol ProcessFacts {
    /// The process name: `comm`, or the full base name where the kernel cut `comm` at 15 bytes.
    mutating func name() throws(FactError) -> [UInt8]
    /// The arguments, joined by one space.
    mutating func commandLine() throws(FactError) -> [UInt8]
    /// The path of the running program.
    mutating func executable() throws(FactError) -> [UInt8]
    /// The real uid.
    mutating func userID() throws(FactError) -> UInt32
}

/// Why a fact about a process is not to be had.
package enum FactError: Error, Hashable, Sendable {
    /// The process ended meanwhile, or has no such fact (a zombie has no command line).
    case gone
    /// The kernel refuses to tell.
    case notPermitted
}

/// Whether a process is what a selector describes, and if not, by which condition.
package enum SelectorVerdict: Hashable, Sendable {
    /// A condition of a selector, in the order in which they are tried.
    package enum Condition: String, Hashable, Sendable {
        case name
        case user
        case commandLine
        case executable
    }

    case match
    case mismatch(Condition)
    /// The condition cannot be tried for want of a right; the process counts as no match.
    case notPermitted(Condition)
    case gone
}

extension ProcessSelector {
    /// Tries the conditions from the cheapest fact to the dearest and stops at the first that does not hold.
    package func verdict(on facts: inout some ProcessFacts) -> SelectorVerdict {
        var condition = SelectorVerdict.Condition.name
        do throws(FactError) {
            if let name, try !name.matches(facts.name()) { return .mismatch(.name) }
            condition = .user
            if let userID, try facts.userID() != userID { return .mismatch(.user) }
            condition = .commandLine
            if let commandLine, try !commandLine.matches(facts.commandLine()) { return .mismatch(.commandLine) }
            condition = .executable
            if let executable, try !executable.matches(facts.executable()) { return .mismatch(.executable) }
            return .match
        } catch {
            return error == .gone ? .gone : .notPermitted(condition)
        }
    }
}
