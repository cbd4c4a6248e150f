/// What a document may cost, enforced while it is read.
package struct YAMLLimits: Sendable {
    /// Bytes of input.
    package var inputBytes = 1 << 20
    /// Collections within collections.
    package var depth = 32
    /// Nodes after aliases and merge keys are expanded.
    package var nodes = 10_000

    package static let standard = YAMLLimits()
}
