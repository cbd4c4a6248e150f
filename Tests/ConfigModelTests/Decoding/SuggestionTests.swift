import Testing

@testable import ConfigModel

struct SuggestionTests {
    private static let keys = ["name", "commandLine", "executable", "user", "ignoreCase"]
    private static let ruleKeys = Keys.Rule.declaration.keys.map(\.name)

    @Test(arguments: [
        ("nmae", "name"), ("nam", "name"), ("names", "name"), ("Name", "name"), ("comandLine", "commandLine"),
        ("command_line", "commandLine"), ("command-line", "commandLine"), ("COMMANDLINE", "commandLine"),
        ("command", "commandLine"),
        ("exe cutable", "executable"), ("exectuable", "executable"), ("users", "user"), ("ignorecase", "ignoreCase"),
        ("usernames", "user"),
    ])
    func findsWhatWasMeant(word: String, expected: String) {
        #expect(Suggestion.nearest(to: word, among: Self.keys) == expected)
    }

    @Test(arguments: ["", "pid", "x", "cmd", "regex", "match", "---", "комманда", String(repeating: "name", count: 17)])
    func staysSilentWhenNothingIsNear(word: String) {
        #expect(Suggestion.nearest(to: word, among: Self.keys) == nil)
    }

    @Test(arguments: [
        ("gracePeriods", "gracePeriod"), ("action", "actions"), ("exitcode", "exitCode"), ("repeats", "repeat"),
    ])
    func helpsWithTheKeysOfARule(word: String, expected: String) {
        #expect(Suggestion.phrase(for: word, among: Self.ruleKeys) == "; did you mean \"\(expected)\"?")
    }
}
