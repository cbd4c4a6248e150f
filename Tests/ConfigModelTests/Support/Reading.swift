import ConfigModel

/// Reads a configuration with the variables and users of a test.
func read(
    _ text: String, variables: [String: String] = [:], users: [String: UInt32] = ["root": 0],
    allowsUndefined: Bool = false
) -> ConfigurationReading {
    ConfigurationReading(
        Array(text.utf8),
        environment: ConfigurationEnvironment(
            variable: { variables[$0] }, userID: { users[$0] }, allowsUndefined: allowsUndefined))
}

/// A valid configuration of one rule, with further keys of the rule in flow style, such as `final: true`.
func document(rule keys: String = "", processes: String = "{name: main}") -> String {
    "version: 1\nrules: [{name: main, watch: {processes: [\(processes)]}\(keys.isEmpty ? "" : ", " + keys)}]\n"
}

/// A valid configuration whose only rule has this one action, in flow style without its braces.
func document(action: String) -> String { document(rule: "actions: [{\(action)}]") }

extension ConfigurationReading {
    /// The codes of all diagnostics, by place.
    var codes: [Diagnostic.Code] { diagnostics.map(\.code) }

    /// The only rule of the plan.
    var rule: Rule? { plan?.rules.first }

    /// The only action of the plan.
    var action: Action? { rule?.actions.first }
}
