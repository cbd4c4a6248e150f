import FoundationEssentials
import SupervisorCore
import TestSupport
import Testing

@testable import ConfigModel

/// The documentation is true: what it generates, shows and names is what the code has.
///
/// With `UPDATE_DOCS=1` in the environment the generated parts are written instead of compared; hence one after the other.
@Suite(.serialized)
struct DocumentationTests {
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1"
    /// What a pod would know and a checker does not.
    private static let lenient = ConfigurationEnvironment(
        variable: { _ in nil }, userID: { _ in nil }, allowsUndefined: true)

    private static func settle(_ document: MarkdownDocument, _ expected: [String]) throws {
        if isUpdating {
            try document.write(expected)
        } else {
            let actual = try document.lines()
            let offset = zip(actual, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            let line = (offset ?? actual.count) + 1
            // Compared apart, or a failure would print both documents.
            let isCurrent = actual == expected
            #expect(
                isCurrent,
                "\(document) is behind from line \(line) on: UPDATE_DOCS=1 swift test --filter Documentation")
        }
    }

    // MARK: The reference of keys

    @Test func theReferenceHoldsEveryKeyAndPresetAsDeclared() throws {
        let keys = Keys.all.map { ("keys:\($0.name)", ReferenceTables.lines(for: $0)) }
        try Self.settle("docs/configuration.md", keys + [("presets", ReferenceTables.presets)])
    }

    @Test func theReferenceOfScenariosHoldsEveryKeyAsDeclared() throws {
        let keys = Keys.Scenario.all.map { ("keys:\($0.name)", ReferenceTables.lines(for: $0)) }
        try Self.settle("docs/simulate.md", keys)
    }

    /// Compares or writes what stands between markers.
    private static func settle(_ path: String, _ parts: [(marker: String, content: [String])]) throws {
        let document = MarkdownDocument(path: path)
        var lines = try document.lines()
        for (marker, content) in parts {
            lines = try #require(
                MarkdownDocument.replace(in: lines, marker: marker, with: content),
                "<!-- \(marker) --> … <!-- end --> is missing")
        }
        try settle(document, lines)
    }

    /// A key with the mapping that it stands in.
    struct PlacedKey: Sendable, CustomTestStringConvertible {
        let mapping: String
        let key: KeyDeclaration

        var testDescription: String { "\(mapping).\(key.name)" }

        static let all = placed(Keys.all)
        static let ofScenarios = placed(Keys.Scenario.all)

        private static func placed(_ mappings: [MappingDeclaration]) -> [PlacedKey] {
            mappings.flatMap { mapping in mapping.keys.map { PlacedKey(mapping: mapping.name, key: $0) } }
        }
    }

    private static func plan(_ configuration: String) throws -> Plan {
        let reading = ConfigurationReading(Array(configuration.utf8), environment: lenient)
        return try #require(reading.plan, "\(configuration)\n\(reading.render(fileName: "knell.yaml"))")
    }

    @Test(arguments: PlacedKey.all)
    func anExampleIsValidWhereItsKeyStands(placed: PlacedKey) throws {
        let place = try #require(KeyPlace(of: placed.key.name, in: placed.mapping))
        // An ellipsis stands for a whole mapping or list, which has a section of its own.
        guard !placed.key.example.contains("…") else { return }
        _ = try Self.plan(place.configuration(placed.key.name, placed.key.example))
    }

    @Test(arguments: PlacedKey.all.filter { $0.key.defaultText != nil })
    func aDefaultIsWhatCountsWhenItsKeyIsLeftOut(placed: PlacedKey) throws {
        let place = try #require(KeyPlace(of: placed.key.name, in: placed.mapping))
        let written = try Self.plan(place.configuration(placed.key.name, placed.key.defaultText))
        #expect(try written == Self.plan(place.configuration(placed.key.name, nil)))
    }

    private static func scenario(_ text: String) throws -> Scenario {
        let reading = ScenarioReading(Array(text.utf8), eventNames: eventNames)
        return try #require(reading.scenario, "\(text)\n\(reading.render(fileName: "scenario.yaml"))")
    }

    private static let eventNames = LogRecord.Name.allCases.map(\.rawValue)

    @Test(arguments: PlacedKey.ofScenarios)
    func anExampleOfAScenarioIsValidWhereItsKeyStands(placed: PlacedKey) throws {
        let place = try #require(KeyPlace(of: placed.key.name, inScenario: placed.mapping))
        _ = try Self.scenario(place.configuration(placed.key.name, placed.key.example))
    }

    @Test(arguments: PlacedKey.ofScenarios.filter { $0.key.defaultText != nil })
    func aDefaultOfAScenarioIsWhatCountsWhenItsKeyIsLeftOut(placed: PlacedKey) throws {
        let place = try #require(KeyPlace(of: placed.key.name, inScenario: placed.mapping))
        let written = try Self.scenario(place.configuration(placed.key.name, placed.key.defaultText))
        #expect(try written.essence == Self.scenario(place.configuration(placed.key.name, nil)).essence)
    }

    // MARK: Snippets

    @Test(arguments: MarkdownDocument.all)
    func everySnippetIsAsValidAsItSays(document: MarkdownDocument) throws {
        for snippet in try document.snippets() where snippet.info.hasPrefix("yaml") {
            let place = "\(document):\(snippet.range.lowerBound)"
            if let part = ConfigurationSnippet.configuration(of: snippet) {
                try Self.expectValid(part, place)
            } else if snippet.info == "yaml scenario" {
                _ = try Self.scenario(snippet.text)
            } else if snippet.remark == "invalid" {
                let reading = ConfigurationReading(Array(snippet.text.utf8), environment: Self.lenient)
                #expect(reading.plan == nil, "\(place) is marked as invalid and is not")
            } else if snippet.lines.contains("version: 1") {
                try Self.expectValid(snippet.text, place)
            } else {
                #expect(snippet.info == "yaml", "\(place): what is \"\(snippet.info)\"?")
                for text in ConfigurationSnippet.documents(in: snippet.lines) {
                    let diagnostics = DiagnosticList()
                    _ = YAMLParser.parse(SourceText(Array(text.utf8)), into: diagnostics)
                    #expect(diagnostics.sorted().isEmpty, "\(place)")
                }
                for text in ConfigurationSnippet.embedded(in: snippet.lines) { try Self.expectValid(text, place) }
            }
        }
    }

    private static func expectValid(_ text: String, _ place: String) throws {
        let reading = ConfigurationReading(Array(text.utf8), environment: lenient)
        #expect(reading.plan != nil, "\(reading.render(fileName: place))")
    }

    @Test(arguments: MarkdownDocument.all)
    func everyShownOutputIsWhatValidateSays(document: MarkdownDocument) throws {
        var lines = try document.lines()
        let snippets = try document.snippets()
        // From the back, so that earlier places stay true.
        for (index, output) in snippets.enumerated().reversed() where output.remark == "output" {
            try #require(index > 0 && snippets[index - 1].info == "yaml", "\(document):\(output.range.lowerBound)")
            let reading = ConfigurationReading(Array(snippets[index - 1].text.utf8), environment: .empty)
            let text = reading.render(fileName: "knell.yaml")
            lines.replaceSubrange(output.range, with: text.components(separatedBy: "\n").dropLast())
        }
        try Self.settle(document, lines)
    }

    // MARK: Names

    /// Sections by their headings; what they hold, up to the next heading.
    private static func sections(
        of document: MarkdownDocument
    ) throws -> [(heading: String, snippets: [MarkdownDocument.Snippet])] {
        let headings = try document.headings()
        let snippets = try document.snippets()
        return headings.enumerated().map { index, heading in
            let end = index + 1 < headings.count ? headings[index + 1].line : Int.max
            return (heading.text, snippets.filter { heading.line < $0.range.lowerBound && $0.range.lowerBound < end })
        }
    }

    @Test func everyDiagnosticHasASectionThatShowsIt() throws {
        let document = MarkdownDocument(path: "docs/diagnostics.md")
        let sections = try Self.sections(of: document).filter { $0.heading.hasPrefix("`") }
        #expect(Set(sections.map(\.heading)) == Set(Diagnostic.Code.allCases.map { "`\($0.rawValue)`" }))
        // Their causes cannot be printed in a document, or are no fault of a configuration.
        let unshown = Set(
            [Diagnostic.Code.inputTooLarge, .invalidCharacter, .unmetExpectation].map { "`\($0.rawValue)`" })
        for section in sections where !unshown.contains(section.heading) {
            let code = section.heading.dropFirst().dropLast()
            let output = try #require(section.snippets.last { $0.remark == "output" }, "\(section.heading)")
            #expect(output.lines.contains { $0.hasSuffix("[\(code)]") }, "\(section.heading)")
        }
    }

    @Test func everyEventHasARowAndEveryRowIsAnEvent() throws {
        let rows = try MarkdownDocument(path: "docs/events.md").lines().filter { $0.hasPrefix("| `") }
        let names = rows.map { row in String(row.dropFirst(3).prefix { $0 != "`" }) }.filter { $0.contains(".") }
        #expect(names.sorted() == LogRecord.Name.allCases.map(\.rawValue).sorted())
    }

    // MARK: Links

    @Test(arguments: MarkdownDocument.all)
    func everyLinkWithinTheRepositoryLeadsSomewhere(document: MarkdownDocument) throws {
        let folder = MarkdownDocument.root.appending(path: document.path).deletingLastPathComponent()
        let fenced = Set(try document.snippets().flatMap(\.range))
        let lines = try document.lines().enumerated().filter { !fenced.contains($0.offset) }.map(\.element)
        let tails = lines.flatMap { line -> [String] in Array(line.components(separatedBy: "](").dropFirst()) }
        let targets = tails.map { String($0.prefix { $0 != ")" }) }
        for target in targets where !target.contains("://") {
            let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? document.path : nil
            let url = file.map { MarkdownDocument.root.appending(path: $0) } ?? folder.appending(path: parts[0])
            #expect(FileManager.default.fileExists(atPath: url.path), "\(document) links to \(target)")
            guard parts.count == 2, let path = file ?? Self.path(of: url) else { continue }
            let anchors = try MarkdownDocument(path: path).headings().map { MarkdownDocument.anchor(of: $0.text) }
            #expect(anchors.contains(parts[1]), "\(document) links to \(target)")
        }
    }

    private static func path(of url: URL) -> String? {
        let root = MarkdownDocument.root.standardizedFileURL.path
        let path = url.standardizedFileURL.path
        guard path.hasPrefix(root), path.hasSuffix(".md") else { return nil }
        return String(path.dropFirst(root.count).drop { $0 == "/" })
    }
}
