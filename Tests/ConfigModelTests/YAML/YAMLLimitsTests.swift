import Testing

@testable import ConfigModel

/// The bounds of design.md, each at its last good and its first bad value.
struct YAMLLimitsTests {
    private func codes(_ bytes: [UInt8], limits: YAMLLimits = .standard) -> [Diagnostic.Code] {
        let list = DiagnosticList()
        _ = YAMLParser.parse(SourceText(bytes), limits: limits, into: list)
        return list.sorted().map(\.code)
    }

    private func codes(_ text: String, limits: YAMLLimits = .standard) -> [Diagnostic.Code] {
        codes(Array(text.utf8), limits: limits)
    }

    @Test(
        arguments: [(1 << 20, []), (1 << 20 + 1, [.inputTooLarge]), (2 << 20, [.inputTooLarge])]
            as [(Int, [Diagnostic.Code])])
    func aFileHasAtMostOneMebibyte(size: Int, expected: [Diagnostic.Code]) {
        #expect(codes(Array("a: 1 # ".utf8) + [UInt8](repeating: 0x78, count: size - 7)) == expected)
    }

    @Test(arguments: [(32, []), (33, [.tooDeep])] as [(Int, [Diagnostic.Code])])
    func collectionsStandAtMost32Deep(depth: Int, expected: [Diagnostic.Code]) {
        #expect(codes(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) == expected)
        #expect(codes(String(repeating: "{a: ", count: depth) + "1" + String(repeating: "}", count: depth)) == expected)
        let block = (0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(codes(block) == expected)
    }

    @Test(arguments: [(15, []), (16, [.tooDeep])] as [(Int, [Diagnostic.Code])])
    func anAliasCountsWithTheDepthOfWhatItStandsFor(outer: Int, expected: [Diagnostic.Code]) {
        let inner = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        // One level is the root mapping itself.
        let use = String(repeating: "[", count: outer) + "*a" + String(repeating: "]", count: outer)
        #expect(codes("a: &a \(inner)\nb: \(use)\n") == expected)
    }

    @Test(arguments: [(9_999, []), (10_000, [.tooManyNodes])] as [(Int, [Diagnostic.Code])])
    func aFileHoldsAtMost10000Nodes(items: Int, expected: [Diagnostic.Code]) {
        #expect(codes("[" + String(repeating: "x,", count: items) + "]") == expected)
    }

    @Test(arguments: [(97, []), (98, [.tooManyNodes])] as [(Int, [Diagnostic.Code])])
    func anAliasCountsWithAllTheNodesOfItsAnchor(uses: Int, expected: [Diagnostic.Code]) {
        // The root, two keys, the anchored list and its 100 items, the second list: 105; each use 101 more.
        let anchored = "a: &a [" + String(repeating: "x,", count: 100) + "]\n"
        #expect(codes(anchored + "b: [" + String(repeating: "*a,", count: uses) + "]") == expected)
    }

    @Test func mergedMappingsCountAsOftenAsTheyAreMerged() {
        let anchored = "a: &a {" + (0..<50).map { "k\($0): 1," }.joined() + "}\n"
        #expect(codes(anchored + "b: [" + String(repeating: "{<<: *a},", count: 100) + "]") == [.tooManyNodes])
    }

    @Test func limitsAreAParameter() {
        #expect(codes("[1, 2, 3]", limits: YAMLLimits(inputBytes: 100, depth: 1, nodes: 3)) == [.tooManyNodes])
        #expect(codes("[[1]]", limits: YAMLLimits(inputBytes: 100, depth: 1, nodes: 10)) == [.tooDeep])
        #expect(codes("[1, 2, 3]", limits: YAMLLimits(inputBytes: 8, depth: 1, nodes: 10)) == [.inputTooLarge])
    }
}
