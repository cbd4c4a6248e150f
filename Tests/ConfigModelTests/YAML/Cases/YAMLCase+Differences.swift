@testable import ConfigModel

extension YAMLCase {
    /// Where libyaml 0.2.5, or Knell, does not do what YAML 1.2 says; each case tells what that would be.
    static let differences: [YAMLCase] = [
        YAMLCase("NEL ends a line", "a: 1\u{85}b: 2\u{85}", .tree(#"{"a":1,"b":2}"#), yaml12: "text of one line"),
        YAMLCase(
            "LS ends a line and stays one in a literal", "a: |\n  x\u{2028}  y\n", .tree(#"{"a":"x\u2028y\n"}"#),
            yaml12: "text of one line, the blanks included"),
        YAMLCase("NEL in double quotes folds", "a: \"x\u{85}y\"", .tree(#"{"a":"x y"}"#), yaml12: "NEL as it is"),
        YAMLCase(
            "a number sign right behind quotes begins a comment", "a: 'x'#y", .tree(#"{"a":"x"}"#), yaml12: "a fault"),
        YAMLCase(
            "a number sign right behind a comma begins a comment", "[a,#b\n]", .tree(#"["a"]"#), yaml12: "a fault"),
        YAMLCase(
            "a literal cannot begin with a tab", "a: |\n  \tx\n", .fault(.yamlSyntax, 2, 3),
            yaml12: "a text that begins with a tab"),
        YAMLCase(
            "a literal that is the document needs indentation", "--- |\none\n", .fault(.yamlSyntax, 2, 1),
            yaml12: "the text"),
        YAMLCase("a tab cannot part dash and text", "-\ta\n", .fault(.yamlSyntax, 1, 2), yaml12: "a list"),
        YAMLCase(
            "a line of a tab alone counts as indentation", "a: 1\n\t\nb: 2\n", .fault(.yamlSyntax, 2, 1),
            yaml12: "an empty line"),
        YAMLCase("a tab cannot indent a line of plain text", "a: x\n\ty\n", .fault(.yamlSyntax, 2, 1), yaml12: "x y"),
        YAMLCase(
            "a tab cannot stand before a closing bracket", "a: [\n\tb\n\t]\n", .fault(.yamlSyntax, 3, 1),
            yaml12: "a list"),
        YAMLCase("dots need a document before them", "...\n", .fault(.yamlSyntax, 1, 1), yaml12: "no document"),
        YAMLCase("an empty key needs quotes", ": a", .fault(.yamlSyntax, 1, 1), yaml12: "an empty key"),
        YAMLCase(
            "a colon before a comma is no end of a key", "[a:, b]", .fault(.yamlSyntax, 1, 3),
            yaml12: "a mapping without a value"),
        YAMLCase("a question mark in flow style begins a key", "[?a]", .tree(#"[{"a":null}]"#), yaml12: "the text ?a"),
        YAMLCase(
            "an alias ends before a colon", "a: &x k\nb: {*x: 1}\n", .tree(#"{"a":"k","b":{"k":1}}"#),
            yaml12: "an alias whose name ends in a colon"),
        YAMLCase(
            "an anchor is letters, digits, _ and - alone", "a: &x.y 1\n", .fault(.yamlSyntax, 1, 6), yaml12: "an anchor"
        ),
        YAMLCase(
            "a plain key next to its colon in flow style is text", "{a:1}", .tree(#"{"a:1":null}"#), yaml12: "the same"),
        YAMLCase(
            "a directive of version 1.3 is refused", "%YAML 1.3\n---\na: 1\n", .fault(.yamlSyntax, 1, 1),
            yaml12: "a warning"),
        YAMLCase(
            "a directive that nobody knows is refused", "%FOO bar\n---\na: 1\n", .fault(.yamlSyntax, 1, 5),
            yaml12: "a warning"),
        YAMLCase(
            "a key of more than 1024 characters is refused in block style",
            String(repeating: "k", count: 1_025) + ": 1\n", .fault(.yamlSyntax, 1, 1026), yaml12: "the same"),
        YAMLCase("a list as a key is refused by Knell", "{[a]:b}", .fault(.complexKey, 1, 2), yaml12: "a key"),
        YAMLCase(
            "a surrogate pair of escapes is refused", "a: \"\\uD83D\\uDE00\"", .fault(.yamlSyntax, 1, 7),
            yaml12: "the same: JSON alone has such pairs"),
        YAMLCase(
            "a directive of a later major version", "%YAML 2.0\n---\na: 1\n", .fault(.yamlSyntax, 1, 1),
            yaml12: "the same"),
    ]
}
