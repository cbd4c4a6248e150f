import Testing

@testable import ConfigModel

struct PatternTests {
    @Test(arguments: [
        ("airflow", "airflow", true), ("airflow", "my-airflow-2", true), ("airflow", "Airflow", false),
        ("^airflow$", "airflow", true),
        ("^airflow$", "airflow2", false), ("^a", "ba", false), ("a$", "ab", false), ("a|b", "b", true),
        ("^(a|b)+$", "abba", true),
        ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaa", true), ("^a{1,2}$", "aaa", false),
        ("^a{0}b$", "b", true),
        ("^.$", "x", true), ("^.$", "", false), ("^a.c$", "abc", true), ("a\\.c", "abc", false), ("a\\.c", "a.c", true),
        ("[0-9]+", "pid 17", true), ("^[^0-9]+$", "a1", false), ("[[:digit:]]", "7", true),
        ("^[[:alpha:]_]+$", "a_B", true),
        ("^[]a]+$", "]a", true), ("^[^]a]+$", "]", false), ("^[a-]+$", "a-", true), ("^[-a]+$", "-a", true),
        ("^[a\\]$", "\\", true),
        ("\\$\\(x\\)", "$(x)", true), ("\\[x\\]", "[x]", true), ("\\{x\\}", "{x}", true), ("\\\\", "a\\b", true),
        ("a/b", "a/b", true),
        ("a\\/b", "a/b", true), ("}", "}", true), ("]", "]", true), ("^", "x", true), ("$", "", true), ("^$", "", true),
        ("a*", "", true),
        ("x?y", "y", true), ("(^|/)python$", "/usr/bin/python", true), ("(^|/)python$", "python", true),
        ("(a(b)?)+c", "aababc", true),
        ("tasks run", "airflow tasks run dag", true), ("a-b", "a-b", true), ("^[[:space:]]$", "\t", true),
        ("é", "café", true),
        ("(é)+$", "éé", true), ("^..$", "é", true), ("=x", "--opt=x", true), ("a,b", "a,b", true), ("#", "#", true),
        ("a b", "a\nb", false), ("a.b", "a\nb", true), ("^b", "a\nb", false),
    ])
    func matchesAsPosixHasIt(pattern: String, subject: String, isMatch: Bool) throws {
        #expect(try Pattern(pattern).matches(Array(subject.utf8)) == isMatch)
        #expect(posixMatches(pattern, subject) == isMatch)
    }

    @Test(arguments: [
        ("AIRFLOW", "airflow", true), ("[a-c]X", "Bx", true), ("^[^a]$", "A", false), ("É", "é", false),
        ("[[:upper:]]", "a", true),
    ])
    func ignoresTheCaseOfASCIILettersOnly(pattern: String, subject: String, isMatch: Bool) throws {
        #expect(try Pattern(pattern, ignoresCase: true).matches(Array(subject.utf8)) == isMatch)
        #expect(posixMatches(pattern, subject, ignoringCase: true) == isMatch)
    }

    @Test func worksOnBytesThatAreNoUTF8AndStopsAtNoNUL() throws {
        #expect(try Pattern("^a.c$").matches([0x61, 0xFF, 0x63]))
        #expect(try Pattern("b$").matches([0x61, 0x00, 0x62]))
        #expect(try !Pattern("^a$").matches([0x61, 0x00, 0x62]))
    }

    @Test func isEqualByTextAndCase() throws {
        #expect(try Pattern("a") == Pattern("a"))
        #expect(try Pattern("a") != Pattern("a", ignoresCase: true))
        #expect(try Pattern("a") != Pattern("b"))
    }

    @Test func everyBracketAndEscapeIsUnderstoodAsRegcompUnderstandsIt() throws {
        let atoms = [
            "a", ".", "\\.", "\\[", "[a]", "[abc]", "[a-c]", "[^a]", "[^a-z0-9]", "[]]", "[^]]", "[]-a]", "[a-]",
            "[-a]", "[^-a]", "[--/]",
            "[a\\]", "[\\.]", "[.]", "[*]", "[$^]", "[a^]", "[[]", "[a[]", "[[:alpha:]]", "[[:digit:]]", "[[:alnum:]]",
            "[[:upper:]]",
            "[[:lower:]]", "[[:space:]]", "[[:blank:]]", "[[:punct:]]", "[[:print:]]", "[[:graph:]]", "[[:cntrl:]]",
            "[[:xdigit:]]",
            "[^[:alnum:]_]", "[[:digit:]a-f-]", "[ -~]", "[!-/:-@]", "[a-a]", "[:a]", "[a:]", "[=a]", "[+--]", "/",
            "\\/", "\\_", "\\-", " ",
        ]
        for atom in atoms {
            guard case .bytes(let set) = try PatternSyntax(parsing: atom).root else {
                Issue.record("\(atom) is no set of bytes")
                continue
            }
            let pattern = "^" + atom + "$"
            let folding = try Pattern(pattern, ignoresCase: true)
            for byte in UInt8(1)...255 {
                #expect(posixMatches(pattern, [byte]) == set.contains(byte), "\(atom) and byte \(byte)")
                // glibc folds the ends of a range first, which turns []-a] around.
                if let expected = posixMatches(pattern, [byte], ignoringCase: true) {
                    #expect(folding.matches([byte]) == expected, "\(atom) and byte \(byte)")
                }
            }
        }
    }
}
