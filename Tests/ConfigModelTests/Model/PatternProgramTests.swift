import Testing

@testable import ConfigModel

/// Patterns as POSIX has them, on any text and without any cost that a text could decide.
@Suite(.timeLimit(.minutes(10)))
struct PatternProgramTests {
    private static let pieces = [
        "a", "b", "c", "A", "/", "^", "$", "(", ")", "|", "*", "+", "?", ".", "[ab]", "[^a]", "[^B]", "[b-c]", "{2}",
        "{0}", "{0,1}", "{1,3}", "{2,}", "\\.", "(a|b)", "(a*)*", "(^|a)", "(b|$)", "(a?){2}",
    ]

    /// Whether glibc itself keeps to POSIX here: it forgets what an anchor wants where an interval copies it.
    private func isAnsweredRightly(_ pattern: String) -> Bool {
        let isAnchored = pattern.contains("$") || pattern.replacing("[^", with: "[").contains("^")
        return !(isAnchored && pattern.contains("{"))
    }

    // No newline among the letters: behind one, glibc takes an inner ^ for the beginning of a line, without REG_NEWLINE.
    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func agreesWithRegcompOnRandomPatterns(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters: [UInt8] = Array("aabbcAB/.".utf8) + [0xC3]
        var compared = 0
        var matched = 0
        for _ in 0..<8_000 {
            let count = Int.random(in: 1...8, using: &generator)
            let text = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
            let ignoresCase = Bool.random(using: &generator)
            guard isAnsweredRightly(text), let pattern = try? Pattern(text, ignoresCase: ignoresCase) else { continue }
            for _ in 0..<12 {
                let length = Int.random(in: 0...9, using: &generator)
                let subject = (0..<length).map { _ in letters.randomElement(using: &generator) ?? 0 }
                guard let expected = posixMatches(text, subject, ignoringCase: ignoresCase) else {
                    Issue.record("regcomp refuses \(text)")
                    break
                }
                compared += 1
                matched += expected ? 1 : 0
                #expect(pattern.matches(subject) == expected, "\(text) and \(subject), ignoresCase \(ignoresCase)")
            }
        }
        // Both answers have to be common, or nothing was compared.
        #expect(matched > 5_000 && compared - matched > 5_000)
    }

    /// Each keeps regexec(3) busy for seconds to minutes; together they take a fraction of a second here.
    @Test(arguments: [
        ("airflow.*worker", "airflow"), (".*worker", "airflow"), ("[a-z]+ [0-9]", "airflow"), ("(a*)*b", "a"),
        ("(a|b)*a(a|b){12}c", "abbab"), ("x.{30}y.*z", "xyxxyab"), ("(.*,){9}x", "a,"),
    ])
    func findsNothingInALongTextThatIsMadeForThePattern(pattern: String, part: String) throws {
        let text = Array(String(repeating: part, count: 131_072 / part.utf8.count).utf8)
        let pattern = try Pattern(pattern)
        #expect(!pattern.matches(text))
        #expect(
            pattern.matches(
                text + Array("worker aabbbbbbbbbbbbc 1b,x xyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyz ,x".utf8)))
    }

    /// A loop around a loop must not double what is in it.
    @Test(arguments: ["+", "*", "?", "{1,}", "{0,}", "{0,1}"]) func staysSmallWhereLoopsAreNested(quantifier: String)
        throws
    {
        let text = String(repeating: "(", count: 31) + "a" + String(repeating: ")\(quantifier)", count: 31) + "b"
        let pattern = try Pattern(text)
        #expect(pattern.programSize <= 100)
        #expect(pattern.matches(Array("xaaab".utf8)))
        #expect(!pattern.matches(Array(repeating: UInt8(ascii: "a"), count: 131_072)))
    }

    @Test(arguments: [
        "a", "abc", "^a$", "a|b|cd", "(a|b)c", "a?", "a*", "a+", "a{0}", "a{3}", "a{2,}", "a{0,}", "a{2,5}",
        "((a|b)+c*){2,4}", "((a?)*)+|x{0,3}", "((a{2,3}){0,4}b){2}",
    ])
    func isAsLargeAsWasCounted(text: String) throws {
        #expect(try Pattern(text).programSize == PatternSyntax(parsing: text).expandedSize + 1)
    }
}
