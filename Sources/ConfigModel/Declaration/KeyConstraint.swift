/// What the keys of one mapping demand of each other.
///
/// The decoder enforces it in its own words; the schema is made from this, and a test compares the two.
package enum KeyConstraint: Sendable {
    /// Keys of exactly one of the groups must be there, at least one of that group.
    case oneGroup([[String]])
    /// Where the first is there, the second must be too.
    case requires(String, String)
    /// Where the first is there, none of the others may be.
    case excludes(String, [String])
    /// Where the key has one of these values, none of the others may be there.
    case valueExcludes(key: String, values: [String], [String])
    /// The two must not both be true.
    case notBothTrue(String, String)
    /// The mapping in `key` needs `inner`, unless `exception` stands beside `key`.
    case innerRequired(key: String, inner: String, unless: String)
}

extension MappingDeclaration {
    /// All that the keys demand of each other, ``alternatives`` included.
    package var allConstraints: [KeyConstraint] {
        (alternatives.isEmpty ? [] : [.oneGroup(alternatives.map { [$0] })]) + constraints
    }
}
