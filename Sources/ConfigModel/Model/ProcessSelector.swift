/// What a process must look like to be a match: every condition that is given must hold.
package struct ProcessSelector: Hashable, Sendable {
    /// Tried against the process name: `comm`, or the full base name where the kernel cut it at 15 bytes.
    package let name: Pattern?
    /// Tried against the arguments, joined by one space.
    package let commandLine: Pattern?
    /// Tried against the target of `/proc/PID/exe`.
    package let executable: Pattern?
    /// The real uid that the process must have.
    package let userID: UInt32?

    package init(name: Pattern?, commandLine: Pattern?, executable: Pattern?, userID: UInt32?) {
        self.name = name
        self.commandLine = commandLine
        self.executable = executable
        self.userID = userID
    }
}

extension ProcessSelector: CustomStringConvertible {
    /// The conditions as the configuration writes them, such as `name: ^airflow$, user: 50000`.
    package var description: String {
        var parts: [String] = []
        if let name { parts.append("name: \(name.text)") }
        if let commandLine { parts.append("commandLine: \(commandLine.text)") }
        if let executable { parts.append("executable: \(executable.text)") }
        if let userID { parts.append("user: \(userID)") }
        return parts.joined(separator: ", ")
    }
}

/// The processes that an action speaks of.
package enum ProcessReference: Hashable, Sendable {
    /// Every process that matches when the action runs.
    case matching(ProcessSelector)
    /// The one process of this pid.
    case pid(Int32)
    /// The one process whose pid stands in this file when the action runs.
    case pidFile(String)
}
