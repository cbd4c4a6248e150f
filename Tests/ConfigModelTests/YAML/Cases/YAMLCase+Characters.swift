@testable import ConfigModel

extension YAMLCase {
    /// Characters and line ends: YAML 1.2.2 sections 5.1 to 5.4.
    static let characters: [YAMLCase] = [
        YAMLCase("a byte order mark", "\u{FEFF}a: 1\n", .tree(#"{"a":1}"#)),
        YAMLCase("line ends of Windows", "a: 1\r\nb: 2\r\n", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("line ends of old Macs", "a: 1\rb: 2\r", .tree(#"{"a":1,"b":2}"#)),
        YAMLCase("letters beyond ASCII", "a: grüße\nb: 日本\n", .tree(#"{"a":"grüße","b":"日本"}"#)),
        YAMLCase("letters beyond 16 bits", "a: 😀\nb: '𝒳'\n", .tree(#"{"a":"😀","b":"𝒳"}"#)),
        YAMLCase("a space that does not break is text", "a: x\u{A0}y", .tree("{\"a\":\"x\u{A0}y\"}")),
        YAMLCase("an ideographic space is text", "a: x\u{3000}y", .tree("{\"a\":\"x\u{3000}y\"}")),
        YAMLCase("a character of private use", "a: \u{E000}", .tree("{\"a\":\"\u{E000}\"}")),
        YAMLCase("NUL", "a: \0", .fault(.invalidCharacter, 1, 4)),
        YAMLCase("escape", "a: 'x\u{1B}y'", .fault(.invalidCharacter, 1, 6)),
        YAMLCase("a byte order mark within", "a: x\u{FEFF}y", .fault(.invalidCharacter, 1, 5)),
        YAMLCase("a character that is none", "a: \u{FFFE}", .fault(.invalidCharacter, 1, 4)),
        YAMLCase("a control character in a comment", "a: 1 # \u{7}\n", .fault(.invalidCharacter, 1, 8)),
    ]
}
