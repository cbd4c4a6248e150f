@testable import ConfigModel

extension YAMLCase {
    /// Comments, empty lines and blanks: YAML 1.2.2 sections 6.1 to 6.7.
    static let commentsAndBlanks: [YAMLCase] = [
        YAMLCase("a comment before, between and behind", "# a\na: 1\n# b\nb: 2\n# c\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("a comment behind a key", "a: # why\n  b: 1\n", .tree(#"{"a":{"b":1}}"#)),
        YAMLCase("a comment behind a dash", "- # why\n  a\n", .tree(#"["a"]"#)),
        YAMLCase(
            "a comment of any indentation", "a:\n      # deep\n  b: 1\n# flat\n  c: 2\n", .tree(#"{"a":{"b":1,"c":2}}"#)
        ),
        YAMLCase("a comment ends plain text", "a: one # two\nb: 3\n", .tree(#"{"a":"one","b":3}"#)),
        YAMLCase("a comment without a line end", "a: 1 # end", .tree(#"{"a":1}"#)),
        YAMLCase("a tab before a comment", "a: 1\t# why\n", .tree(#"{"a":1}"#)),
        YAMLCase("empty lines anywhere", "\n\na: 1\n\n\nb: 2\n\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("lines of blanks", "a: 1\n   \nb: 2\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("a comment between the lines of plain text", "a: one\n  # no\n  two\n", .fault(.yamlSyntax, 3, 3)),
        YAMLCase("a comment behind quoted text", "a: 'x' # why\n", .tree(#"{"a":"x"}"#)),
        YAMLCase("a comment behind a bracket", "a: [x] # why\n", .tree(#"{"a":["x"]}"#)),
        YAMLCase("a tab behind a value", "a: 1\t\nb: 2\n", .tree(#"{"a":1,"b":2}"#)),
    ]
}
