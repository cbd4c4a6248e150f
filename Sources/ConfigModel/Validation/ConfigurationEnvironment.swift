/// What a configuration refers to outside itself; injected, so that a plan depends on nothing hidden.
package struct ConfigurationEnvironment: Sendable {
    /// The value of an environment variable.
    package var variable: @Sendable (String) -> String?
    /// The uid of a user name.
    package var userID: @Sendable (String) -> UInt32?
    /// Where to define what is missing, for diagnostics.
    package var variablesPlace = "where Knell runs"
    package var usersPlace = "where Knell runs"
    /// What the pod alone knows (variables, users) may be missing: it becomes a warning, for checks in CI.
    package var allowsUndefined: Bool

    package init(
        variable: @escaping @Sendable (String) -> String?, userID: @escaping @Sendable (String) -> UInt32?,
        allowsUndefined: Bool = false
    ) {
        self.variable = variable
        self.userID = userID
        self.allowsUndefined = allowsUndefined
    }

    /// No variables, and no users but root.
    package static let empty = ConfigurationEnvironment(variable: { _ in nil }, userID: { $0 == "root" ? 0 : nil })
}
