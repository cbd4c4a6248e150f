import Testing

@testable import ConfigModel

struct PatternSyntaxTests {
    private func fault(_ text: String) throws -> PatternFault {
        try #require(throws: PatternFault.self) { try Pattern(text) }
    }

    @Test(arguments: [
        ("\\d", 0, "write [0-9]"), ("^python\\d+", 7, "write [0-9]"), ("\\D", 0, "write [^0-9]"),
        ("\\w+", 0, "write [[:alnum:]_]"),
        ("\\W", 0, "write [^[:alnum:]_]"), ("a\\s", 1, "write [[:space:]]"), ("\\S", 0, "write [^[:space:]]"),
        ("\\bx", 0, "write (^|"),
        ("\\Ax", 0, "write ^"), ("x\\z", 1, "write $"), ("x\\Z", 1, "write $"), ("(?i)x", 0, "ignoreCase: true"),
        ("(?:x)", 0, "write (…)"),
        ("a(?=b)", 1, "look-around"), ("a(?!b)", 1, "look-around"), ("(?<=a)b", 0, "look-around"),
        ("(?<n>a)", 0, "look-around"),
        ("(?P<n>a)", 0, "POSIX has no (?…)"), ("(a)\\1", 3, "back-references"), ("a*?", 2, "lazy"), ("a+?", 2, "lazy"),
        ("a??", 2, "lazy"),
        ("a*+", 2, "possessive"), ("a{2}?", 4, "lazy"), ("a**", 2, "two repetitions"),
        ("a{2}{3}", 4, "two repetitions"),
        ("[\\d]", 1, "write [0-9]"), ("[\\w.]", 1, "write [[:alnum:]_]"), ("[\\s]", 1, "write [[:space:]]"),
        ("[é]", 1, "ASCII only"),
        ("[a-é]", 3, "ASCII"), ("[[=a=]]", 1, "collating"), ("[[.a.]]", 1, "collating"), ("[a-[:digit:]]", 3, "ASCII"),
        ("\\n", 0, "special character"), ("\\t", 0, "special character"), ("\\<x", 0, "special character"),
        ("\\'", 0, "special character"),
        ("é*", 2, "outside ASCII"), ("aé{2}", 3, "outside ASCII"), ("\\x41", 0, "special character"),
        ("\\Qa\\E", 0, "special character"),
    ])
    func whatPosixLacksIsAnsweredWithWhatToWrite(text: String, offset: Int, advice: String) throws {
        let fault = try fault(text)
        #expect(fault.kind == .unsupported)
        #expect(fault.offset == offset)
        #expect(fault.reason.contains(advice))
    }

    @Test(arguments: [
        ("", 0, "empty"), ("[a-z-|]", 4, "first or last"), ("*a", 0, "no glob"),
        ("a|*b", 2, "nothing to repeat"), ("(+a)", 1, "nothing to repeat"),
        ("?", 0, "nothing to repeat"),
        ("{2}", 0, "\\{"), ("(a", 0, "not closed"), ("((a)", 0, "not closed"), ("a)", 1, "closes no group"),
        (")", 0, "closes no group"),
        ("[a", 0, "not closed"), ("[]", 0, "not closed"), ("[^]", 0, "not closed"), ("a|", 2, "empty"),
        ("|a", 0, "empty"), ("a||b", 2, "empty"),
        ("()", 1, "(…)?"), ("(a|)", 3, "(…)?"), ("a{", 1, "{m}"), ("a{x}", 1, "{m}"), ("a{,3}", 1, "{m}"),
        ("a{1", 1, "{m}"), ("a{1,2", 1, "{m}"),
        ("a{256}", 1, "255"), ("a{1,256}", 1, "255"), ("a{99999999999999999999}", 1, "255"), ("a{3,2}", 1, "reversed"),
        ("a\\", 1, "backslash"),
        ("[b-a]", 1, "reversed"), ("[[:foo:]]", 1, "no class"), ("[[:alpha:", 1, "no class"),
        ("^*", 1, "cannot be repeated"),
        ("$+", 1, "cannot be repeated"), ("[a-c-e]", 4, "range"),
    ])
    func whatIsNoExpressionIsRefusedAtItsPlace(text: String, offset: Int, advice: String) throws {
        let fault = try fault(text)
        #expect(fault.kind == .syntax)
        #expect(fault.offset == offset)
        #expect(fault.reason.contains(advice))
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            "((((a{1,255}){1,255}){1,255}){1,255})", "(((a{1,255}){1,255}){1,255}){1,255}", "((a{255}){255}){255}",
            "(a{16}b){17}",
            "((a+){200}){2}", "a{255}b{2}", String(repeating: "(", count: 33) + "a" + String(repeating: ")", count: 33),
            String(repeating: "(", count: 4_096), String(repeating: "a", count: 4_097),
        ])
    func whatRegcompWouldExpandWithoutEndIsRefusedAtOnce(text: String) throws {
        var found: PatternFault?
        let elapsed = try ContinuousClock().measure { found = try fault(text) }
        #expect(found?.kind == .tooLarge)
        #expect(elapsed < .seconds(1))
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            "a{255}", "(a{16}){16}", "a{128}b{128}", String(repeating: "a", count: 4_096),
            String(repeating: "(", count: 32) + "a" + String(repeating: ")", count: 32),
            String(repeating: "a|", count: 2_047) + "b",
            String(repeating: "a*", count: 2_048), String(repeating: "[[:alnum:]]+", count: 341),
        ])
    func whatIsJustWithinTheBoundsCompiles(text: String) throws {
        _ = try Pattern(text)
    }

    @Test func theUnbalancedTowerOfTheIssueIsRefusedToo() throws {
        #expect(try fault("((((a{1,255}){1,255}){1,255}){1,255}").kind == .syntax)
    }

    @Test func allPatternsOfAFileShareOneBudget() {
        let one = "{commandLine: 'a{255}'}"
        #expect(read(document(processes: String(repeating: one + ",", count: 32))).codes == [])
        let rules = (0..<2).map { "{name: r\($0), watch: {processes: [\(String(repeating: one + ",", count: 32))]}}," }
            .joined()
        #expect(Set(read("version: 1\nrules: [\(rules)]").codes) == [.patternTooLarge])
    }

    // MARK: Patterns that can never match

    @Test(arguments: [
        "/usr/bin/python", "/", "[/]", "a/b", "(a|b)/c", "^/", "(/a)+", "/{2}", "a$b", "a^", "$a", "(a$)b", "x(^a|^b)",
        ".{250}abcdef", "a{200}b{56}",
    ])
    func aNameThatCanNeverMatchIsRefused(text: String) throws {
        #expect(try PatternSyntax(parsing: text).reasonNoNameMatches != nil)
        #expect(read(document(processes: "{name: '\(text)'}")).codes == [.patternNeverMatches])
    }

    @Test(arguments: [
        "a", "^a$", "^", "$", "^$|a", "(^|/)python$", "/?a", "/*a", "(/a)?b", "(/|b)a", "[/a]", "[^a]", "[^/]", ".",
        "a|/", "a?^b", "b$c?", "(^a)*b",
        "(a$)?", "^^a", "a$$", "\\^a", "\\$a", "[$^]", "a{255}", ".{255}", "a{0}/{0}b", "(^a|b)c", "x(a|b$)", "(^)a",
        "a($)",
        "^airflow( |$)", "[[:cntrl:]]", "#", "kworker:0", "nginx: master", "a(b|$)c?",
    ])
    func noNameThatCouldMatchIsRefused(text: String) throws {
        #expect(try PatternSyntax(parsing: text).reasonNoNameMatches == nil)
    }

    @Test(arguments: ["a$b", "a^b", "$a", "x+^"])
    func aCommandLineThatCanNeverMatchIsRefused(text: String) {
        #expect(read(document(processes: "{commandLine: '\(text)'}")).codes == [.patternNeverMatches])
        #expect(read(document(processes: "{executable: '\(text)'}")).codes == [.patternNeverMatches])
    }

    @Test func aCommandLineMayHoldASlash() {
        #expect(read(document(processes: "{commandLine: /usr/bin/python}")).codes == [])
    }

    // MARK: Against regcomp

    /// Whatever is accepted compiles, and whatever is said never to match does not match any of a thousand short texts.
    @Test func randomPatternsAgreeWithRegcomp() throws {
        let pieces = [
            "a", "b", "/", "^", "$", "(", ")", "|", "*", "+", "?", ".", "[ab]", "[^a]", "[/]", "{2}", "{0,1}", "\\.",
            "\\/", "]", "}", "[^/]",
        ]
        let letters: [UInt8] = Array("ab/.".utf8)
        var subjects: [[UInt8]] = [[]]
        for length in 1...4 {
            subjects += subjects.filter { $0.count == length - 1 }.flatMap { text in letters.map { text + [$0] } }
        }
        var generator = SeededGenerator(seed: 7)
        var accepted = 0
        var neverMatching = 0
        for _ in 0..<6_000 {
            let count = Int.random(in: 1...7, using: &generator)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
            guard let syntax = try? PatternSyntax(parsing: text) else { continue }
            accepted += 1
            let pattern = try Pattern(text)
            if syntax.reasonNothingMatches != nil {
                #expect(!subjects.contains { pattern.matches($0) }, "\(text)")
            }
            if syntax.reasonNoNameMatches != nil {
                neverMatching += 1
                #expect(!subjects.contains { !$0.isEmpty && !$0.contains(0x2F) && pattern.matches($0) }, "\(text)")
            }
        }
        #expect(accepted > 1_000)
        #expect(neverMatching > 200)
    }
}
