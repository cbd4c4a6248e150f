/// The way from the root of a configuration to a value, such as `rules[0].watch.processes[1].name`.
package struct ConfigPath: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let description: String

    /// The document itself.
    package static let root = ConfigPath(description: "")

    private init(description: String) { self.description = description }

    package init(stringLiteral value: String) { description = value }

    package func appending(_ key: String) -> ConfigPath {
        ConfigPath(description: description.isEmpty ? key : "\(description).\(key)")
    }

    package func appending(_ index: Int) -> ConfigPath { ConfigPath(description: "\(description)[\(index)]") }
}
