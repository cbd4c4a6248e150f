@testable import ConfigModel

extension YAMLCase {
    /// Lists and mappings in brackets and braces: YAML 1.2.2 section 7.4.
    static let flowCollections: [YAMLCase] = [
        YAMLCase("an empty list and an empty mapping", "a: []\nb: {}\n", .tree(#"{"a":[],"b":{}}"#)),
        YAMLCase("a list", "[a, b, c]", .tree(#"["a","b","c"]"#)),
        YAMLCase("a mapping", "{a: 1, b: 2}", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("nesting", "{a: [1, {b: [2]}], c: {}}", .tree(#"{"a":[1,{"b":[2]}],"c":{}}"#)),
        YAMLCase("a comma behind the last entry", "{a: [1, 2, ], b: 3, }", .tree(#"{"a":[1,2],"b":3}"#)),
        YAMLCase("over lines", "a: [\n  1,\n  2\n  ]\n", .tree(#"{"a":[1,2]}"#)),
        YAMLCase("over lines without indentation", "[\na,\nb\n]\n", .tree(#"["a","b"]"#)),
        YAMLCase("blanks are of no account", "[a,b ,  c]", .tree(#"["a","b","c"]"#)),
        YAMLCase("a key without a value", "{a, b: , c: 1}", .tree(#"{"a":null,"b":null,"c":1}"#)),
        YAMLCase("a pair in a list is a mapping", "[a: 1, b: 2]", .tree(#"[{"a":1},{"b":2}]"#)),
        YAMLCase("a pair in a list with a question mark", "[? a : 1, b]", .tree(#"[{"a":1},"b"]"#)),
        YAMLCase("a quoted key needs no blank behind its colon", "{\"a\":1, 'b':2}", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("quotes with commas and brackets", "[\"a, b\", 'c]']", .tree(#"["a, b","c]"]"#)),
        YAMLCase("text over lines", "[one\n  two, three]", .tree(#"["one two","three"]"#)),
        YAMLCase("a comment between entries", "[a, # first\n b]", .tree(#"["a","b"]"#)),
        YAMLCase("a colon within text", "[a:b, http://h/x]", .tree(#"["a:b","http://h/x"]"#)),
        YAMLCase(
            "a list as the value of a block key in a list", "- k: [a]\n  l: {b: c}\n",
            .tree(#"[{"k":["a"],"l":{"b":"c"}}]"#)),
        YAMLCase("a bracket that is not closed", "a: [b, c\nd: e\n", .fault(.yamlSyntax, 2, 2)),
        YAMLCase("a brace that is not closed", "a: {b: c\n", .fault(.yamlSyntax, 2, 1)),
        YAMLCase("a bracket too many", "a: [b]]\n", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("brackets that do not fit", "a: [b}\n", .fault(.yamlSyntax, 1, 6)),
        YAMLCase("a comma without an entry", "[a, , b]", .fault(.yamlSyntax, 1, 5)),
        YAMLCase("a comma at the front", "[, a]", .fault(.yamlSyntax, 1, 2)),
        YAMLCase("no comma between quoted entries", "['a' 'b']", .fault(.yamlSyntax, 1, 6)),
        YAMLCase("block entries within brackets", "[- a]", .fault(.yamlSyntax, 1, 2)),
    ]
}
