import ArgumentParser
import Authoring
import Presentation

/// `knell schema`: the JSON Schema of the configuration.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (2020-12) of the configuration, for editors and CI.",
        discussion: """
            An editor with yaml-language-server completes and checks a file whose first line names the schema:
              # yaml-language-server: $schema=./knell.schema.json

            What a schema cannot express is left to `knell validate`.

            Examples:
              knell schema > knell.schema.json
              check-jsonschema --schemafile knell.schema.json knell.yaml
            """)

    func run() { StandardStreams.print(JSONSchema.configuration.document.pretty + "\n") }
}
