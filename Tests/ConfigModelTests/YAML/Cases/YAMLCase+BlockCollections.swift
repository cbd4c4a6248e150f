@testable import ConfigModel

extension YAMLCase {
    /// Lists and mappings by indentation: YAML 1.2.2 section 8.2.
    static let blockCollections: [YAMLCase] = [
        YAMLCase("a mapping", "a: 1\nb: 2\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase(
            "a mapping within a mapping", "a:\n  b:\n    c: d\n  e: f\n", .tree(#"{"a":{"b":{"c":"d"},"e":"f"}}"#)),
        YAMLCase("a list", "- a\n- b\n", .tree(#"["a","b"]"#)),
        YAMLCase("a list below its key, indented", "k:\n  - a\n  - b\n", .tree(#"{"k":["a","b"]}"#)),
        YAMLCase("a list below its key, not indented", "k:\n- a\n- b\nl: c\n", .tree(#"{"k":["a","b"],"l":"c"}"#)),
        YAMLCase("a list of lists on one line", "- - a\n  - b\n- - c\n", .tree(#"[["a","b"],["c"]]"#)),
        YAMLCase("a list of mappings", "- a: 1\n  b: 2\n- a: 3\n", .tree(#"[{"a":1,"b":2},{"a":3}]"#)),
        YAMLCase("an entry that is indented by more", "-   a: 1\n    b: 2\n", .tree(#"[{"a":1,"b":2}]"#)),
        YAMLCase("an entry on the line below its dash", "-\n  a: 1\n-\n  - b\n", .tree(#"[{"a":1},["b"]]"#)),
        YAMLCase("an entry that is empty", "- a\n-\n- b\n", .tree(#"["a",null,"b"]"#)),
        YAMLCase("only an empty entry", "-", .tree(#"[null]"#)),
        YAMLCase("levels of different widths", "a:\n    b: 1\nc:\n d: 2\n", .tree(#"{"a":{"b":1},"c":{"d":2}}"#)),
        YAMLCase("a mapping that begins on a line of its own", "a:\n\n\n  b: 1\n", .tree(#"{"a":{"b":1}}"#)),
        YAMLCase("a value below its key", "a:\n  word\n", .tree(#"{"a":"word"}"#)),
        YAMLCase("a document that is indented as a whole", "  a: 1\n  b: 2\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase(
            "a mapping in a list in a mapping", "r:\n- n: x\n  w:\n    p:\n    - q\n",
            .tree(#"{"r":[{"n":"x","w":{"p":["q"]}}]}"#)),
        YAMLCase("a line that is indented by too little", "a:\n    b: 1\n  c: 2\n", .fault(.yamlSyntax, 3, 3)),
        YAMLCase("a line that is indented by too much", "a: 1\n  b: 2\n", .fault(.yamlSyntax, 2, 4)),
        YAMLCase("a list behind a value", "a: 1\n- b\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("a key behind a list", "- a\nb: 1\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("a list on the line of its key", "a: - b\n", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("a mapping on the line of its key", "a: b: c: d\n", .fault(.yamlSyntax, 1, 5)),
        YAMLCase("a tab as indentation", "a:\n\tb: 1\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("a dash without a blank is text", "-a\n", .tree(#""-a""#)),
    ]
}
