import Testing

@testable import ConfigModel

/// What nobody writes by mistake: refused with its place, in far less than the two seconds of the contract.
@Suite(.timeLimit(.minutes(10)))
struct HostileInputTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Diagnostic.Code
        let bytes: [UInt8]

        init(_ name: String, _ code: Diagnostic.Code, _ text: String) {
            self.init(name, code, bytes: Array(text.utf8))
        }

        init(_ name: String, _ code: Diagnostic.Code, bytes: [UInt8]) {
            (testDescription, self.code, self.bytes) = (name, code, bytes)
        }
    }

    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    /// Anchors `a` to `z`, each ten times the one before.
    private static let bomb =
        "a: &a [x]\n"
        + zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz")
        .map { "\($1): &\($1) [\(times(10, "*\($0),"))]\n" }.joined()
    private static let mergeBomb =
        "a: &a {k0: 1}\n"
        + zip("abcdefghijklmnopqrstuvwxy", "bcdefghijklmnopqrstuvwxyz")
        .map { "\($1): &\($1) {<<: [\(times(10, "*\($0),"))], k\($1): 1}\n" }.joined()

    @Test(arguments: [
        Attack("alias bomb", .tooManyNodes, bomb),
        Attack("merge bomb", .tooManyNodes, mergeBomb),
        Attack("100,000 open brackets", .tooDeep, times(100_000, "[")),
        Attack("100,000 open braces", .tooDeep, times(100_000, "{")),
        Attack("brackets and braces", .tooDeep, times(50_000, "[{a: ")),
        Attack("a tower of question marks", .tooDeep, times(100_000, "? ")),
        Attack("a tower of dashes", .tooDeep, times(100_000, "- ")),
        Attack("a staircase of indentation", .tooDeep, (0..<1_000).map { times($0, " ") + "a:\n" }.joined()),
        Attack("10,001 nodes", .tooManyNodes, "[" + times(10_000, "x,") + "]"),
        Attack("2 MiB", .inputTooLarge, times(2 << 20, "x")),
        Attack("NUL", .invalidCharacter, "a: \0\n"),
        Attack("1 MiB of NUL", .invalidCharacter, times(1 << 20, "\0")),
        Attack("an alias within its anchor", .recursiveAlias, "a: &a [*a]\n"),
        Attack("an anchor of 1 MB", .unknownAlias, "a: &\(times(500_000, "x")) 1\nb: *\(times(500_000, "y"))\n"),
        Attack("a key of 1 MB", .yamlSyntax, "\(times(1_000_000, "k")): 1\n"),
        Attack("a quote that is never closed", .yamlSyntax, "a: \"" + times(300_000, "x\n ")),
        Attack("a comment of 1 MiB", .emptyDocument, "#" + times((1 << 20) - 1, "x")),
        Attack("1 MiB of spaces", .emptyDocument, times(1 << 20, " ")),
        Attack("1 MiB of line ends", .emptyDocument, times(1 << 20, "\n")),
        Attack("250,000 documents", .secondDocument, times(250_000, "---\n")),
        Attack("9,000 tags", .foreignTag, "[" + times(9_000, "!x y,") + "]"),
    ])
    func isRefusedAtOnce(attack: Attack) throws {
        let list = DiagnosticList()
        let elapsed = ContinuousClock().measure { _ = YAMLParser.parse(SourceText(attack.bytes), into: list) }
        #expect(list.hasErrors)
        #expect(list.sorted().first?.code == attack.code)
        #expect(elapsed < .seconds(2))
    }

    @Test(
        arguments: [
            ("a lone continuation byte", [0x80]), ("a lead byte alone", [0xC3]),
            ("cut after two of three", [0xE2, 0x82]),
            ("cut after three of four", [0xF0, 0x9F, 0x98]), ("overlong slash", [0xC0, 0xAF]),
            ("overlong, three", [0xE0, 0x80, 0xAF]),
            ("overlong, four", [0xF0, 0x80, 0x80, 0xAF]), ("a surrogate", [0xED, 0xA0, 0x80]),
            ("beyond U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("0xFE", [0xFE]), ("0xFF", [0xFF]),
            ("Latin-1", [0xE9, 0x20]),
            ("a lead byte before ASCII", [0xC3, 0x41]), ("C1 control", [0xC2, 0x80]), ("escape", [0x1B]),
            ("delete", [0x7F]),
            ("a byte order mark inside", [0xEF, 0xBB, 0xBF]), ("U+FFFE", [0xEF, 0xBF, 0xBE]),
            ("U+FFFF", [0xEF, 0xBF, 0xBF]),
        ] as [(String, [UInt8])])
    func charactersThatNoFileMayHoldAreRefusedAtTheirPlace(name: String, bytes: [UInt8]) {
        for tail in [[], Array("\nb: 2\n".utf8)] {
            let list = DiagnosticList()
            let text = Array("# ä\na: ".utf8) + bytes + tail
            #expect(YAMLParser.parse(SourceText(text), into: list) == nil)
            #expect(list.sorted().map(\.code) == [.invalidCharacter])
            #expect(list.sorted().first?.span.start == SourceMark(line: 2, column: 4))
        }
    }

    @Test(arguments: ["\u{A0}", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "\u{10000}", "\u{10FFFF}", "\t", "é", "😀"])
    func everyOtherCharacterPassesLibyamlToo(character: String) {
        let list = DiagnosticList()
        #expect(YAMLParser.parse(SourceText(Array("a: 'x\(character)y'\n".utf8)), into: list) != nil)
        #expect(list.sorted().isEmpty)
    }

    @Test func manyFaultsAreCountedAndNotAllKept() {
        let keys = (0..<2_000).map { "k\($0): 1\n" }.joined()
        let reading = read("version: 1\n" + keys)
        #expect(reading.diagnostics.count == 500)
        #expect(reading.render(fileName: "f").contains("f: 1981 more diagnostics are not shown\n"))
    }

    @Test func aLongNameDoesNotMultiplyThroughAliases() {
        let name = String(repeating: "n", count: 100_000)
        let rules = (0..<60).map {
            "- {name: r\($0), watch: {processes: [{name: x}]}, actions: [\(Self.times(15, "*a,"))]}\n"
        }
        let reading = read(
            "version: 1\nx-a: &a {http: {url: 'http://h/', headers: {? \(name) : [1]}}}\nrules:\n" + rules.joined())
        #expect(!reading.diagnostics.isEmpty)
        #expect(reading.diagnostics.allSatisfy { $0.path.description.utf8.count < 200 && $0.reason.utf8.count < 300 })
    }
}
