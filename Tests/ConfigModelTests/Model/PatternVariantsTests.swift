import Testing

@testable import ConfigModel

struct PatternVariantsTests {
    @Test(
        arguments: [
            ("^airflow$", ".*airflow.*"), ("^a", ".*a"), ("(^|/)x", "(.*|/)x"), ("^[^$^]$", ".*[^$^].*"),
            ("^[]^]x", ".*[]^]x"), ("^[[:alpha:]^]", ".*[[:alpha:]^]"), (#"^\^\$$"#, #".*\^\$.*"#),
            (#"^[\^]$"#, #".*[\^].*"#),
        ])
    func withoutAnchorsAnythingMayStandThere(text: String, expected: String) throws {
        #expect(try Pattern(text).unanchored?.text == expected)
    }

    @Test(arguments: ["airflow", #"a\^b\$"#, "[$^]x", "[^a]"])
    func withoutAnchorsThereIsNoVariant(text: String) throws {
        #expect(try Pattern(text).unanchored == nil)
    }

    @Test(
        arguments: [
            ("^airflow$", "airflow-worker", true), ("(^|/)airflow$", "xairflowx", true), ("^a$", "b", false),
        ] as [(String, String, Bool)])
    func theUnanchoredPatternMatchesWhatHoldsIt(text: String, subject: String, matches: Bool) throws {
        let pattern = try Pattern(text)
        #expect(!pattern.matches(Array(subject.utf8)))
        #expect(pattern.unanchored?.matches(Array(subject.utf8)) == matches)
    }

    @Test func ignoresCaseOnlyWhereItDidNot() throws {
        let pattern = try Pattern("^Airflow$")
        #expect(pattern.ignoringCase?.matches(Array("aiRflow".utf8)) == true)
        #expect(pattern.ignoringCase?.ignoringCase == nil)
        #expect(pattern.ignoringCase?.unanchored?.matches(Array("xairflowx".utf8)) == true)
    }

    @Test(
        arguments: [
            ("^very-long-process-name$", "very-long-proce", true), (#"^a\.b"#, "a.b", true), ("^a.b", "aXb", false),
            ("ab", "abc", false), ("ab", "", false),
        ] as [(String, String, Bool)])
    func spellsWhatItHoldsLiterally(text: String, bytes: String, expected: Bool) throws {
        #expect(try Pattern(text).spells(Array(bytes.utf8)) == expected)
    }
}
