import ConfigModel
import TestSupport
import Testing

@testable import Authoring

/// Scalars that are written are read back as they were.
struct YAMLTextTests {
    @Test(arguments: [
        "^report$", "plain", "it's", "it'\u{301}s", "'\u{6D7}", "''", "' -m x '", "a: b", "a #b", "- x", "*x", "&x",
        "!x", "%x", "@x", "`x", "yes",
        "No", "null",
        "true", "1", "0x1", "1.5", "~", "[a]", "{a}", "a,b", "a]", "?", "x:", "/bin/x", "\\.d", "$(X)", "ä", "\"x\"",
        "x\\", ".5", ".inf",
        "a  b", "(a|b)", "",
    ]) func readsBackAsText(text: String) throws {
        let scalar = YAMLText.scalar(text)
        let head = "version: 1\nrules:\n  - name: r\n    watch: {processes: [{name: a}]}\n    actions:\n"
        for list in [
            "      - exec: {command: [x, \(scalar)]}\n",
            "      - exec:\n          command:\n            - x\n            - \(scalar)\n",
        ] {
            let action = try #require(Plan.parsing(head + list).rules.first?.actions.first)
            guard case .exec(let request) = action.kind else { throw CheckFailure("no program: \(list)") }
            #expect(request.command == ["x", text], "\(list)")
        }
    }

    @Test(arguments: [("^report$", "^report$"), ("it's", "'it''s'"), ("yes", "'yes'"), ("tasks run", "tasks run")])
    func quotesOnlyWhatNeedsIt(text: String, expected: String) { #expect(YAMLText.scalar(text) == expected) }
}
