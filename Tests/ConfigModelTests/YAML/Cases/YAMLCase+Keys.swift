@testable import ConfigModel

extension YAMLCase {
    /// What may be a key: YAML 1.2.2 sections 7.4.2 and 8.2.2.
    static let keys: [YAMLCase] = [
        YAMLCase("a quoted key", "'a b': 1\n\"c\\td\": 2\n", .tree(#"{"a b":1,"c\td":2}"#)),
        YAMLCase("a key with blanks", "two words: 1", .tree(#"{"two words":1}"#)),
        YAMLCase("a key that looks like a number", "1: a", .tree(#"{"1":"a"}"#)),
        YAMLCase("a key that looks like null", "~: a", .tree(#"{"~":"a"}"#)),
        YAMLCase("an empty quoted key", "'': a", .tree(#"{"":"a"}"#)),
        YAMLCase("blanks before the colon", "a : 1", .tree(#"{"a":1}"#)),
        YAMLCase("a key with a question mark", "? a\n: 1\n? b\n: 2\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("a key with a question mark and no value", "? a\n? b\n", .tree(#"{"a":null,"b":null}"#)),
        YAMLCase("a literal as a key", "? |\n  a\n: 1\n", .tree(#"{"a\n":1}"#)),
        YAMLCase("a key in Cyrillic", "ключ: 1", .tree(#"{"ключ":1}"#)),
        YAMLCase("a key that begins with a dash", "-a: 1", .tree(#"{"-a":1}"#)),
        YAMLCase("a key that holds a colon", "a:b: 1", .tree(#"{"a:b":1}"#)),
        YAMLCase("a list as a key", "? [a, b]\n: 1\n", .fault(.complexKey, 1, 3)),
        YAMLCase("a mapping as a key in flow style", "{{a: b}: c}", .fault(.complexKey, 1, 2)),
        YAMLCase("the same key twice", "a: 1\nb: 2\na: 3\n", .fault(.duplicateKey, 3, 1)),
        YAMLCase("the same key twice, once in quotes", "a: 1\n'a': 2\n", .fault(.duplicateKey, 2, 1)),
        YAMLCase("the same key twice in flow style", "{a: 1, a: 2}", .fault(.duplicateKey, 1, 8)),
        YAMLCase("a key over two lines", "a\nb: 1\n", .fault(.yamlSyntax, 2, 2)),
        YAMLCase("a key without a colon", "a: 1\nb\nc: 2\n", .fault(.yamlSyntax, 2, 1)),
    ]
}
