/// A kind of document that Knell reads: what its mappings are, and what of it must not be shown.
struct DocumentFormat: Sendable {
    /// What diagnostics call the document.
    let noun: String
    /// All mappings, searched for the home of a key that stands in the wrong one.
    let mappings: [MappingDeclaration]
    /// Keys whose values may be secrets: no diagnostic shows them.
    let secretNames: Set<String>

    static let scenario = DocumentFormat(
        noun: "scenario", mappings: Keys.Scenario.all,
        secretNames: [Keys.Scenario.Document.variables.name, Keys.Scenario.Process.commandLine.name])

    static let configuration = DocumentFormat(
        noun: "configuration", mappings: Keys.all, secretNames: Keys.secretNames)
}
