extension KeyDeclaration {
    /// ``example`` as YAML reads it; `nil` where an ellipsis in it stands for something longer.
    package var exampleNode: YAMLNode? { example.contains("…") ? nil : Self.node(example) }

    /// ``defaultText`` as YAML reads it; `nil` where the key has no default of its own.
    package var defaultNode: YAMLNode? { defaultText.flatMap(Self.node) }

    private static func node(_ text: String) -> YAMLNode? {
        YAMLParser.parse(SourceText(Array(text.utf8)), into: DiagnosticList())
    }
}
