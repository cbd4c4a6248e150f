import Testing

@testable import ConfigModel

struct AliasTests {
    private func parse(_ text: String) -> (node: YAMLNode?, faults: [Diagnostic]) {
        let list = DiagnosticList()
        let node = YAMLParser.parse(SourceText(Array(text.utf8)), into: list)
        return (node, list.sorted())
    }

    /// The value of the key `r`, as `key=value` pairs or list items, for comparing shapes without places.
    private func outline(_ text: String) -> String {
        func outline(_ node: YAMLNode) -> String {
            switch node {
            case .scalar(let scalar): scalar.text
            case .sequence(let items, _): "[" + items.map(outline).joined(separator: ",") + "]"
            case .mapping(let entries, _):
                "{" + entries.map { "\($0.key.text)=\(outline($0.value))" }.joined(separator: ",") + "}"
            }
        }
        guard case .mapping(let entries, _)? = parse(text).node, let last = entries.last else { return "" }
        return outline(last.value)
    }

    @Test(arguments: [
        ("a: &x 1\nr: *x", "1"), ("a: &x [1, 2]\nr: [*x, *x]", "[[1,2],[1,2]]"),
        ("a: &x {k: &y v}\nr: [*y, *x]", "[v,{k=v}]"),
        ("a: &x 1\nb: &x 2\nr: *x", "2"), ("a: &x {b: &x 1}\nr: *x", "{b=1}"),
    ])
    func anAliasStandsForWhatItsAnchorHolds(text: String, outline expected: String) {
        #expect(parse(text).faults.isEmpty)
        #expect(outline(text) == expected)
    }

    @Test(arguments: [
        ("a: &x {k: 1}\nr: {<<: *x}", "{k=1}"),
        ("a: &x {k: 1, l: 2}\nr: {<<: *x, k: 3}", "{k=3,l=2}"),
        ("a: &x {k: 1, l: 2}\nr: {k: 3, <<: *x}", "{k=3,l=2}"),
        ("a: &x {k: 1}\nb: &y {k: 2, l: 2}\nr: {<<: [*x, *y]}", "{k=1,l=2}"),
        ("a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nr: {<<: *y, m: 3}", "{m=3,l=2,k=1}"),
        ("r: {<<: {k: 1}}", "{k=1}"),
    ])
    func aMergedPairYieldsToAWrittenOneAndToAnEarlierMapping(text: String, outline expected: String) {
        #expect(outline(text) == expected)
    }

    @Test func aMergedPairKeepsThePlaceOfItsAnchor() throws {
        let text = "x: &x\n  k: 1\nr:\n  <<: *x\n  l: 2\n"
        guard case .mapping(let entries, _)? = parse(text).node, case .mapping(let pairs, _) = entries[1].value else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.map(\.isMerged) == [false, true])
        #expect(pairs[1].key.span.start == SourceMark(line: 2, column: 3))
    }

    @Test(arguments: ["r: {<<: 1}", "r: {<<: [1]}", "r: {<<: text}"])
    func mergingAScalarIsAFault(text: String) {
        #expect(parse(text).faults.map(\.code) == [.wrongType])
    }

    @Test(arguments: ["a: &x [*x]", "a: &x {k: *x}", "a: &x {<<: *x}", "a: &x [[[*x]]]", "&x a: [*y, &y b]"])
    func anAliasCannotReferToWhatHoldsItOrComesLater(text: String) {
        let (node, faults) = parse(text)
        #expect(node == nil)
        #expect(faults.map(\.code) == [text.contains("*y") ? .unknownAlias : .recursiveAlias])
    }

    @Test func keysThatBeginWithXHoldAnchorsAtTheTopOnly() {
        #expect(read("x-a: &a {final: true}\n" + document(rule: "<<: *a")).rule?.isFinal == true)
        #expect(read(document(rule: "x-a: 1")).codes == [.unknownKey])
    }
}
