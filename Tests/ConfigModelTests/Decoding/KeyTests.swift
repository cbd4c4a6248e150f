import TestSupport
import Testing

@testable import ConfigModel

/// The declarations in `Keys` and what the decoder does with them; `DocumentationTests` has examples and defaults.
struct KeyTests {
    struct Declared: Sendable, CustomTestStringConvertible {
        let mapping: MappingDeclaration
        let key: KeyDeclaration

        var testDescription: String { "\(mapping.name).\(key.name)" }

        static let all = Keys.all.flatMap { mapping in mapping.keys.map { Declared(mapping: mapping, key: $0) } }
    }

    @Test(arguments: Declared.all.filter { !$0.key.isRequired && !$0.mapping.alternatives.contains($0.key.name) })
    func noKeyIsDeclaredAndIgnored(declared: Declared) throws {
        let place = try #require(KeyPlace(of: declared.key.name, in: declared.mapping.name))
        let written = read(place.configuration(declared.key.name, declared.key.example))
        let without = read(place.configuration(declared.key.name, nil))
        #expect(written.render(fileName: "with") == "")
        // The example is another value than the default, so it must show in the plan.
        #expect(written.plan != without.plan)
    }

    @Test(arguments: Declared.all.filter { $0.mapping.alternatives.contains($0.key.name) })
    func everyAlternativeIsReadByItsExample(declared: Declared) throws {
        let place = try #require(KeyPlace(of: declared.key.name, in: declared.mapping.name))
        let reading = read(place.configuration(declared.key.name, declared.key.example), variables: ["API_TOKEN": "x"])
        #expect(reading.render(fileName: "with") == "")
    }

    @Test(arguments: Declared.all.filter(\.key.isRequired))
    func aRequiredKeyThatIsMissingIsToldWithAnExampleThatWorks(declared: Declared) throws {
        let place = try #require(KeyPlace(of: declared.key.name, in: declared.mapping.name))
        let reading = read(place.configuration(declared.key.name, nil))
        #expect(reading.codes.contains(.missingKey))
        #expect(
            reading.diagnostics.contains { $0.reason.contains("write \(declared.key.name): \(declared.key.example)") })
        #expect(read(place.configuration(declared.key.name, declared.key.example)).render(fileName: "with") == "")
    }

    @Test(arguments: Declared.all)
    func noKeyTakesAnEmptyValueOrAValueOfAnotherShape(declared: Declared) throws {
        let place = try #require(KeyPlace(of: declared.key.name, in: declared.mapping.name))
        let empty = read(place.configuration(declared.key.name, ""))
        #expect(empty.plan == nil)
        #expect(empty.codes.contains(.wrongType))
        let nested = read(place.configuration(declared.key.name, "[[[x]]]"))
        #expect(nested.plan == nil)
        #expect(nested.codes.contains(.wrongType))
    }

    @Test(arguments: Keys.all.map(\.name))
    func everyMappingIsNamedOnceAndHasKeysThatAreNamedOnce(name: String) throws {
        let declarations = Keys.all.filter { $0.name == name }
        #expect(declarations.count == 1)
        let names = try #require(declarations.first).keys.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(declarations[0].alternatives).isSubset(of: names))
    }

    @Test(arguments: Declared.all)
    func everyKeyIsExplainedInOneSentence(declared: Declared) {
        #expect(declared.key.summary.hasSuffix("."))
        #expect(declared.key.summary.utf8.count > 10)
        #expect(!declared.key.type.phrase.isEmpty)
    }
}
