@testable import ConfigModel

extension YAMLCase {
    /// Text in single and double quotes: YAML 1.2.2 sections 5.7, 7.3.1 and 7.3.2.
    static let quotedScalars: [YAMLCase] = [
        YAMLCase("single quotes keep a backslash", "a: 'x\\n\\d'", .tree(#"{"a":"x\\n\\d"}"#)),
        YAMLCase("two single quotes are one", "a: 'it''s'", .tree(#"{"a":"it's"}"#)),
        YAMLCase("only single quotes", "a: ''''", .tree(#"{"a":"'"}"#)),
        YAMLCase("empty single quotes are no null", "a: ''", .tree(#"{"a":""}"#)),
        YAMLCase("empty double quotes are no null", "a: \"\"", .tree(#"{"a":""}"#)),
        YAMLCase("single quotes keep blanks at both ends", "a: '  x  '", .tree(#"{"a":"  x  "}"#)),
        YAMLCase("single quotes keep indicators", "a: '[x]: {y} # z'", .tree(#"{"a":"[x]: {y} # z"}"#)),
        YAMLCase("single quotes fold a line end", "a: 'one\n  two'", .tree(#"{"a":"one two"}"#)),
        YAMLCase("single quotes fold an empty line", "a: 'one\n\n  two'", .tree(#"{"a":"one\ntwo"}"#)),
        YAMLCase("blanks around a folded line end are dropped", "a: 'one  \n    two'", .tree(#"{"a":"one two"}"#)),
        YAMLCase("a line end at both ends of the quotes is a blank", "a: '\n  x\n  '", .tree(#"{"a":" x "}"#)),
        YAMLCase("double quotes keep single ones", "a: \"it's\"", .tree(#"{"a":"it's"}"#)),
        YAMLCase("single quotes keep double ones", "a: 'say \"so\"'", .tree(#"{"a":"say \"so\""}"#)),
        YAMLCase("double quotes fold a line end", "a: \"one\n  two\"", .tree(#"{"a":"one two"}"#)),
        YAMLCase("a backslash before a line end joins the lines", "a: \"one\\\n  two\"", .tree(#"{"a":"onetwo"}"#)),
        YAMLCase(
            "blanks before a backslash at a line end are kept", "a: \"one \\\n  two\"", .tree(#"{"a":"one two"}"#)),
        YAMLCase("a backslash keeps the blanks that follow it", "a: \"one\\\n  \\  two\"", .tree(#"{"a":"one  two"}"#)),
        YAMLCase(
            "escapes of one letter", "a: \"\\0\\a\\b\\t\\n\\v\\f\\r\\e\"",
            .tree(#"{"a":"\u0000\u0007\u0008\t\n\u000b\u000c\r\u001b"}"#)),
        YAMLCase("escapes of signs", "a: \"\\\"\\\\\\/\\ \"", .tree(#"{"a":"\"\\/ "}"#)),
        YAMLCase(
            "escapes of spaces and separators", "a: \"\\N\\_\\L\\P\"", .tree("{\"a\":\"\\u0085\u{A0}\\u2028\\u2029\"}")),
        YAMLCase("an escape of two digits", "a: \"\\x41\\xe4\"", .tree(#"{"a":"Aä"}"#)),
        YAMLCase("an escape of four digits", "a: \"\\u00e4\\u65E5\"", .tree(#"{"a":"ä日"}"#)),
        YAMLCase("an escape of eight digits", "a: \"\\U0001F600\"", .tree(#"{"a":"😀"}"#)),
        YAMLCase("an escaped tab", "a: \"x\\\ty\"", .tree(#"{"a":"x\ty"}"#)),
        YAMLCase("an unknown escape", "a: \"\\d\"", .fault(.yamlSyntax, 1, 5)),
        YAMLCase("an escape that lacks digits", "a: \"\\x4\"", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("an escape that is half a surrogate pair", "a: \"\\uD800\"", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("an escape beyond the last character", "a: \"\\U00110000\"", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("a single quote that is not closed", "a: 'x\nb: y\n", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("a double quote that is not closed", "a: \"x\nb: y\n", .fault(.yamlSyntax, 1, 4)),
        YAMLCase("text behind the closing quote", "a: 'x'y", .fault(.yamlSyntax, 1, 7)),
        YAMLCase("a document's end within quotes", "a: 'x\n---\n'", .fault(.yamlSyntax, 2, 1)),
    ]
}
