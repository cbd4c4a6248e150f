import Testing

@testable import ConfigModel

struct YAMLParserTests {
    private func parse(_ text: String) -> (node: YAMLNode?, faults: [Diagnostic]) {
        let list = DiagnosticList()
        let node = YAMLParser.parse(SourceText(Array(text.utf8)), into: list)
        return (node, list.sorted())
    }

    private func entries(_ text: String) throws -> [YAMLEntry] {
        let (node, faults) = parse(text)
        #expect(faults.isEmpty)
        guard case .mapping(let entries, _) = try #require(node) else {
            Issue.record("no mapping: \(text)")
            return []
        }
        return entries
    }

    @Test func marksCountLinesAndCharactersFrom1() throws {
        let entries = try entries("# héllo\n'ключ': значение\n\nb: {日本: [x, yz]}\n")
        #expect(
            entries[0].key.span
                == SourceSpan(start: SourceMark(line: 2, column: 1), end: SourceMark(line: 2, column: 7)))
        #expect(
            entries[0].value.span
                == SourceSpan(start: SourceMark(line: 2, column: 9), end: SourceMark(line: 2, column: 17)))
        guard case .mapping(let inner, let span) = entries[1].value,
            case .sequence(let items, let listSpan) = inner[0].value
        else {
            Issue.record("not the shape that was written")
            return
        }
        #expect(span.start == SourceMark(line: 4, column: 4))
        #expect(listSpan.start == SourceMark(line: 4, column: 9))
        #expect(items[1].span.start == SourceMark(line: 4, column: 13))
        #expect(items[1].span.end == SourceMark(line: 4, column: 15))
    }

    @Test(arguments: ["\u{FEFF}a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "%YAML 1.2\n---\na: 1\nb: 2\n...\n"])
    func takesAnyLineEndAByteOrderMarkAndDirectives(text: String) throws {
        #expect(try entries(text).map(\.key.text) == ["a", "b"])
    }

    @Test func aByteOrderMarkDoesNotShiftTheColumns() throws {
        #expect(try entries("\u{FEFF}a: 1\n")[0].key.span.start == .start)
    }

    @Test(arguments: [
        ("a: |\n  one\n  two\n", "one\ntwo\n"), ("a: >-\n  one\n  two\n", "one two"), ("a: 'it''s'\n", "it's"),
        ("a: \"tab\\tend\"\n", "tab\tend"), ("a: one\n  two\n", "one two"), ("a: !!str 5\n", "5"), ("a: ! 5\n", "5"),
    ])
    func readsEveryStyleOfString(text: String, value: String) throws {
        guard case .scalar(let scalar) = try entries(text)[0].value else {
            Issue.record("no scalar")
            return
        }
        #expect(scalar.text == value)
        #expect(scalar.kind == .string)
    }

    @Test func anEmptyValueIsPlacedBehindItsColon() throws {
        let value = try entries("a:\nb: 1\n")[0].value
        #expect(value.kindName == "empty")
        #expect(value.span.start == SourceMark(line: 1, column: 3))
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "null\n", "~"])
    func saysThatAFileHoldsNothing(text: String) {
        let (node, faults) = parse(text)
        #expect(node == nil)
        #expect(faults.map(\.code) == [.emptyDocument])
        #expect(faults.first?.span.start == .start)
    }

    @Test(arguments: ["a: 1\n---\nb: 2\n", "a: 1\n...\n---\n", "---\na: 1\n---\n---\n"])
    func refusesASecondDocumentAndReadsTheFirst(text: String) {
        let (node, faults) = parse(text)
        #expect(node != nil)
        #expect(faults.map(\.code) == [.secondDocument])
    }

    @Test(arguments: [
        "a: !foo 1", "a: !!binary aGk=", "a: !!set {x: }", "a: !foo [1]", "a: !!map [1]", "a: !!seq {b: 1}",
        "a: !<tag:example.com,2000:x> 1",
    ])
    func refusesForeignTags(text: String) {
        #expect(parse(text).faults.map(\.code) == [.foreignTag])
    }

    @Test(arguments: [
        "a: !!int 1", "a: !!bool true", "a: !!null ~", "a: !!float 1.5", "a: !!seq [1]", "a: !!map {b: 1}",
    ])
    func takesTheTagsOfTheCoreSchema(text: String) {
        #expect(parse(text).faults.isEmpty)
    }

    @Test(arguments: [("a: 1\nb: 2\na: 3\n", 3, 1), ("x: {k: 1, 'k': 2}", 1, 11), ("<<: {a: 1}\n<<: {b: 1}\n", 2, 1)])
    func refusesDuplicateKeysAtTheSecond(text: String, line: Int, column: Int) {
        let faults = parse(text).faults
        #expect(faults.map(\.code) == [.duplicateKey])
        #expect(faults.first?.span.start == SourceMark(line: line, column: column))
    }

    @Test(arguments: ["? [a]\n: 1\n", "{{a: b}: c}", "? {a: b}\n: c\n", "? - a\n: c\n"])
    func refusesKeysThatAreNoScalars(text: String) {
        #expect(parse(text).faults.map(\.code) == [.complexKey])
    }

    @Test(arguments: [
        ("a: 'open\nb: 1\n", 1, 4), ("a: [1,\n  2]]\nb: 3\n", 2, 5), ("a: b: c\n", 1, 5), ("\ta: 1\n", 1, 1),
        ("a:\n  b: 1\n c: 2\n", 3, 2), ("a: @x\n", 1, 4), ("a\nb: 1\n", 2, 2), ("a: 1\nb\n", 2, 1),
        ("a: \"\\d\"\n", 1, 5), ("a: 1\n]\n", 2, 1), ("[[", 1, 3), ("a: 1\nb: {ä: c", 2, 9), ("[a\n", 2, 1),
    ])
    func placesASyntaxFaultWhereItBegins(text: String, line: Int, column: Int) {
        let (node, faults) = parse(text)
        #expect(node == nil)
        #expect(faults.map(\.code) == [.yamlSyntax])
        #expect(faults.first?.span.start == SourceMark(line: line, column: column))
    }
}
