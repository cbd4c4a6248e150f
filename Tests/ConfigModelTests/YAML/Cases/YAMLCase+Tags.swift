@testable import ConfigModel

extension YAMLCase {
    /// Tags: YAML 1.2.2 sections 6.9.1 and 10.
    static let tags: [YAMLCase] = [
        YAMLCase("a number that is a string", "a: !!str 1", .tree(#"{"a":"1"}"#)),
        YAMLCase("a tag that says no more than no tag", "a: ! 1", .tree(#"{"a":"1"}"#)),
        YAMLCase("a boolean in quotes", "a: !!bool 'true'", .tree(#"{"a":true}"#)),
        YAMLCase("a number in quotes", "a: !!int '7'", .tree(#"{"a":7}"#)),
        YAMLCase("null that is a string", "a: !!str null", .tree(#"{"a":"null"}"#)),
        YAMLCase("an empty string by its tag", "a: !!str\nb: 1\n", .tree(#"{"a":"","b":1}"#)),
        YAMLCase("a tag of a list", "a: !!seq [1]", .tree(#"{"a":[1]}"#)),
        YAMLCase("a tag of a block mapping", "a: !!map\n  b: 1\n", .tree(#"{"a":{"b":1}}"#)),
        YAMLCase("a tag in full", "a: !<tag:yaml.org,2002:str> 1", .tree(#"{"a":"1"}"#)),
        YAMLCase("a tag of the whole document", "--- !!map\na: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase("a tag of one's own", "a: !mine 1", .fault(.foreignTag, 1, 4)),
        YAMLCase("a tag of YAML 1.1", "a: !!set {b, c}", .fault(.foreignTag, 1, 4)),
        YAMLCase("a tag of another domain", "a: !<tag:example.com,2000:x> 1", .fault(.foreignTag, 1, 4)),
        YAMLCase("a tag that does not fit", "a: !!map [1]", .fault(.foreignTag, 1, 4)),
        YAMLCase("two tags of one value", "a: !!str !!int 1", .fault(.yamlSyntax, 1, 10)),
        YAMLCase("a tag in full that is not closed", "a: !<x 1", .fault(.yamlSyntax, 1, 7)),
    ]
}
