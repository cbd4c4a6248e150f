import Testing

@testable import ConfigModel

/// YAML 1.2 by topic, and where libyaml differs.
struct YAMLCaseTests {
    @Test(arguments: YAMLCase.plainScalars) func plainScalars(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.quotedScalars) func quotedScalars(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.blockScalars) func blockScalars(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.blockCollections) func blockCollections(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.flowCollections) func flowCollections(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.keys) func keys(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.anchors) func anchors(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.documents) func documents(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.tags) func tags(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.commentsAndBlanks) func commentsAndBlanks(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.characters) func characters(example: YAMLCase) { check(example) }

    @Test(arguments: YAMLCase.differences) func differences(example: YAMLCase) { check(example) }

    private func check(_ example: YAMLCase) {
        let list = DiagnosticList()
        let root = YAMLParser.parse(SourceText(Array(example.document.utf8)), into: list)
        switch example.expectation {
        case .tree(let outline):
            #expect(root.map(YAMLCase.outline) == outline)
            #expect(list.sorted().isEmpty)
        case .fault(let code, let line, let column):
            #expect(list.sorted().first?.code == code)
            #expect(list.sorted().first?.span.start == SourceMark(line: line, column: column))
            #expect(list.hasErrors)
        }
    }
}
