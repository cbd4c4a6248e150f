@testable import ConfigModel

extension YAMLCase {
    /// Anchors, aliases and merge keys: YAML 1.2.2 sections 6.9.2 and 7.1, and the merge key of YAML 1.1.
    static let anchors: [YAMLCase] = [
        YAMLCase("an alias of a scalar", "a: &x 1\nb: *x\n", .tree(#"{"a":1,"b":1}"#)),
        YAMLCase("an alias of a list", "a: &x [1, 2]\nb: *x\n", .tree(#"{"a":[1,2],"b":[1,2]}"#)),
        YAMLCase("an alias of a block mapping", "a: &x\n  k: v\nb: *x\n", .tree(#"{"a":{"k":"v"},"b":{"k":"v"}}"#)),
        YAMLCase("an anchor of nothing", "a: &x\nb: *x\n", .tree(#"{"a":null,"b":null}"#)),
        YAMLCase("an anchor on the line above", "a: &x\n  - b\nc: *x\n", .tree(#"{"a":["b"],"c":["b"]}"#)),
        YAMLCase("an anchor in a list", "- &x a\n- *x\n", .tree(#"["a","a"]"#)),
        YAMLCase("an anchor of a key", "&x a: 1\nb: *x\n", .tree(#"{"a":1,"b":"a"}"#)),
        YAMLCase("an alias as a key", "a: &x k\n*x : v\n", .tree(#"{"a":"k","k":"v"}"#)),
        YAMLCase(
            "an anchor that is set again", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n", .tree(#"{"a":1,"b":1,"c":2,"d":2}"#)),
        YAMLCase("an anchor of quoted text", "a: &x 'y z'\nb: *x\n", .tree(#"{"a":"y z","b":"y z"}"#)),
        YAMLCase("an anchor of a literal", "a: &x |\n  y\nb: *x\n", .tree(#"{"a":"y\n","b":"y\n"}"#)),
        YAMLCase("an anchor before a tag", "a: &x !!str 1\nb: *x\n", .tree(#"{"a":"1","b":"1"}"#)),
        YAMLCase("a tag before an anchor", "a: !!str &x 1\nb: *x\n", .tree(#"{"a":"1","b":"1"}"#)),
        YAMLCase(
            "merging a mapping", "a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n", .tree(#"{"a":{"k":1},"b":{"l":2,"k":1}}"#)),
        YAMLCase(
            "merging several, the first wins", "b:\n  <<: [{k: 1}, {k: 2, l: 3}]\n", .tree(#"{"b":{"k":1,"l":3}}"#)),
        YAMLCase("what is written wins over what is merged", "b: {k: 0, <<: {k: 1}}", .tree(#"{"b":{"k":0}}"#)),
        YAMLCase("a quoted merge key merges as well", "b: {'<<': {k: 1}}", .tree(#"{"b":{"k":1}}"#)),
        YAMLCase("an alias that comes first", "a: *x\nb: &x 1\n", .fault(.unknownAlias, 1, 4)),
        YAMLCase("an alias within its own anchor", "a: &x [*x]\n", .fault(.recursiveAlias, 1, 8)),
        YAMLCase("two anchors of one value", "a: &x &y b\n", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("an alias with an anchor", "a: &x b\nc: &y *x\n", .fault(.yamlSyntax, 2, 7)),
        YAMLCase("an anchor without a name", "a: & b\n", .fault(.yamlSyntax, 1, 5)),
    ]
}
