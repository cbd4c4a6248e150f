/// A kind of document that Knell reads: what its mappings are, and what of it must not be shown.
package struct DocumentFormat: Sendable {
    /// What diagnostics call the document.
    let noun: String
    /// All mappings, searched for the home of a key that stands in the wrong one.
    let mappings: [MappingDeclaration]
    /// Keys whose values may be secrets: no diagnostic shows them.
    package let secretNames: Set<String>
    /// Keys below those whose values say only where a secret is to be found.
    package let referenceNames: Set<String>

    package static let scenario = DocumentFormat(
        noun: "scenario", mappings: Keys.Scenario.all,
        secretNames: [Keys.Scenario.Document.variables.name, Keys.Scenario.Process.commandLine.name],
        referenceNames: [])

    package static let configuration = DocumentFormat(
        noun: "configuration", mappings: Keys.all, secretNames: Keys.secretNames,
        referenceNames: [Keys.Header.fromFile.name, Keys.Header.fromEnv.name])
}
