@testable import ConfigModel

extension YAMLCase {
    /// Directives, and where a document begins and ends: YAML 1.2.2 sections 6.8 and 9.
    static let documents: [YAMLCase] = [
        YAMLCase("three dashes before the document", "---\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase("three dots behind the document", "a: 1\n...\n", .tree(#"{"a":1}"#)),
        YAMLCase("three dots alone at the end, twice", "a: 1\n...\n...\n", .tree(#"{"a":1}"#)),
        YAMLCase("content on the line of the dashes", "--- [a]\n", .tree(#"["a"]"#)),
        YAMLCase("a scalar on the line of the dashes", "--- word\n", .tree(#""word""#)),
        YAMLCase("a directive of version 1.1", "%YAML 1.1\n---\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase("a directive of version 1.2", "%YAML 1.2\n---\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase(
            "a directive for tags that nobody uses", "%TAG !e! tag:example.com,2000:\n---\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase(
            "a directive for tags of the core schema", "%TAG !y! tag:yaml.org,2002:\n---\na: !y!str 1\n",
            .tree(#"{"a":"1"}"#)),
        YAMLCase("comments before the dashes", "# one\n# two\n---\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase("a percent sign within the document is no directive", "a: x\n  %y\n", .tree(#"{"a":"x %y"}"#)),
        YAMLCase("dashes without a blank are text", "---a", .tree(#""---a""#)),
        YAMLCase("nothing", "", .fault(.emptyDocument, 1, 1)),
        YAMLCase("only dashes", "---\n", .fault(.emptyDocument, 1, 1)),
        YAMLCase("a second document", "a: 1\n---\nb: 2\n", .fault(.secondDocument, 2, 1)),
        YAMLCase("a second document behind dots", "a: 1\n...\n---\nb: 2\n", .fault(.secondDocument, 3, 1)),
        YAMLCase("a second document that is empty", "a: 1\n---\n", .fault(.secondDocument, 2, 1)),
        YAMLCase("a directive without a document", "%YAML 1.2\na: 1\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("the same directive twice", "%YAML 1.2\n%YAML 1.2\n---\na: 1\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("a handle that no directive declares", "a: !e!x 1\n", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("a second document without dashes", "a: 1\n...\nb: 2\n", .fault(.yamlSyntax, 3, 1)),
    ]
}
