import ConfigModel
import SupervisorCore
import Testing

@testable import Authoring

/// What the readers of single values take, the expressions of the schema take too: tried on random text.
struct SchemaPatternTests {
    /// Texts of random pieces, some of which a reader takes.
    private static func texts(seed: UInt64, pieces: [String], count: Int, longest: Int = 8) -> [String] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                pieces[Int.random(in: pieces.indices, using: &generator)]
            }.joined()
        }
    }

    private static func matches(_ text: String, _ expression: String) throws -> Bool {
        try text.firstMatch(of: Regex(expression).matchingSemantics(.unicodeScalar)) != nil
    }

    /// Fails where a reader takes a text that the expression refuses; returns how many the reader took, and how many
    /// both refused.
    private static func compare(
        _ texts: [String], _ expression: String, _ reads: (String) -> Bool
    ) throws -> (taken: Int, refused: Int) {
        let regex = try Regex(expression).matchingSemantics(.unicodeScalar)
        var (taken, refused) = (0, 0)
        for text in texts {
            let isMatch = text.firstMatch(of: regex) != nil
            if reads(text) {
                taken += 1
                #expect(isMatch, "\(text)")
            } else if !isMatch {
                refused += 1
            }
        }
        return (taken, refused)
    }

    @Test(arguments: UInt64(1)...4) func takesEveryPatternThatKnellTakes(seed: UInt64) throws {
        let pieces = [
            "a", "b1", "[", "]", "[^", "[]", "[[:alpha:]]", "[:digit:]", "(", ")", "(?", "|", "\\", "\\.", "\\(", "\\[",
            "\\d",
            "\\\\", "*", "+", "?", "{2}", "{1,3}", "^", "$", ".", "-", ":", "ä", "x]", "\\]", " ", "'",
        ]
        let result = try Self.compare(Self.texts(seed: seed, pieces: pieces, count: 4_000), SchemaPattern.pattern) {
            (try? Pattern($0)) != nil
        }
        #expect(result.taken > 200 && result.refused > 200, "\(result)")
    }

    @Test func takesEveryDurationThatKnellTakes() throws {
        let pieces = ["1", "20", ".5", "0", ".", "h", "m", "s", "ms", "us", "µs", "μs", "ns", "-", "d", " "]
        let texts = Self.texts(seed: 5, pieces: pieces, count: 20_000, longest: 5)
        let result = try Self.compare(texts, SchemaPattern.duration) { (try? Duration(parsing: $0)) != nil }
        #expect(result.taken > 500 && result.refused > 500, "\(result)")
    }

    @Test func takesEveryURLThatKnellTakes() throws {
        let pieces = [
            "http", "https", "HTTP+unix", "http+unix", "ftp", "://", "127.0.0.1", "[::1]", "h-1.example_", ":80", "/",
            "?a=b&c", "/x",
            "%2Frun%2Fx.sock", "@", "#", " ", "é", "$", "~!", ";,'\"<>",
        ]
        let texts =
            Self.texts(seed: 6, pieces: pieces, count: 40_000, longest: 3).map { "http://" + $0 }
            + Self.texts(seed: 7, pieces: pieces, count: 40_000, longest: 5)
        let result = try Self.compare(texts, SchemaPattern.url) { (try? HTTPURL(parsing: $0)) != nil }
        #expect(result.taken > 500 && result.refused > 500, "\(result)")
    }

    @Test func takesEverySignalThatKnellTakes() throws {
        let pieces =
            ["SIG", "TERM", "KILL", "1", "5", "0", "64", "+", "-", "X", "sig", "RT"] + Signal.names.map(\.name)
        let texts = Self.texts(seed: 8, pieces: pieces, count: 4_000, longest: 3)
        let result = try Self.compare(texts, SchemaPattern.signal) { Signal(parsing: $0) != nil }
        #expect(result.taken > 100 && result.refused > 500, "\(result)")
    }

    @Test(arguments: ["Connection", "TE", "transfer-ENCODING"]) func knowsHeadersOfTheConnectionInEitherCase(
        name: String
    ) throws {
        #expect(try Self.matches(name, SchemaPattern.connectionHeader))
        #expect(try !Self.matches("x-\(name)", SchemaPattern.connectionHeader))
        #expect(try Self.matches(name, SchemaPattern.headerName))
    }
}
