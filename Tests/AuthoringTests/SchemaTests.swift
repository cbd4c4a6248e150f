import ConfigModel
import Presentation
import Testing

@testable import Authoring

/// The schema against the declarations that it is made from.
struct SchemaTests {
    private static let document = JSONSchema.configuration.document

    /// The member of an object at the end of a way through objects.
    private static func value(_ path: [String], in value: JSONValue = document) -> JSONValue? {
        guard let key = path.first else { return value }
        guard case .object(let object) = value, let next = object.members.first(where: { $0.key == key }) else {
            return nil
        }
        return Self.value(Array(path.dropFirst()), in: next.value)
    }

    /// Where a mapping stands in the schema.
    private static func path(of mapping: MappingDeclaration) -> [String] {
        switch mapping.name {
        case "configuration": []
        case "header value": ["$defs", "headerValue"]
        case "process reference": ["$defs", "processReference"]
        default: ["$defs", mapping.name]
        }
    }

    @Test(arguments: Keys.all.map(\.name)) func holdsEveryKeyOfAMappingWithItsDescription(name: String) throws {
        let mapping = try #require(Keys.all.first { $0.name == name })
        let path = Self.path(of: mapping)
        guard case .object(let properties) = Self.value(path + ["properties"]) else {
            Issue.record("\(path) has no properties")
            return
        }
        #expect(properties.members.map(\.key) == mapping.keys.map(\.name))
        for key in mapping.keys {
            guard case .string(let description) = Self.value(path + ["properties", key.name, "description"]) else {
                Issue.record("\(mapping.name).\(key.name) has no description")
                continue
            }
            #expect(description.hasPrefix(key.summary))
            #expect((Self.value(path + ["properties", key.name, "default"]) != nil) == (key.defaultText != nil))
            #expect(Self.value(path + ["properties", key.name, "examples"]) != nil || key.example.contains("…"))
        }
        let required = mapping.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        #expect(Self.value(path + ["required"]) == (required.isEmpty ? nil : .array(required)))
        #expect(Self.value(path + ["additionalProperties"]) == .boolean(false))
    }

    @Test func leavesKeysThatBeginWithXFreeAtTheTopOnly() {
        #expect(Self.value(["patternProperties", "^x-"]) == .boolean(true))
        #expect(Self.document.compact.components(of: "patternProperties") == 1)
    }

    @Test func demandsExactlyOneKindOfAnAction() {
        let kinds = ["http", "shutdown", "signal", "touch", "exec", "sleep"]
        let choice = "{\"oneOf\":[" + kinds.map { "{\"required\":[\"\($0)\"]}" }.joined(separator: ",") + "]}"
        #expect(Self.value(["$defs", "action", "allOf"])?.compact.contains(choice) == true)
    }

    @Test func refersOnlyToDefinitionsThatExist() {
        let text = Self.document.compact
        let names = text.split(separator: "#/$defs/").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        #expect(!names.isEmpty)
        for name in Set(names) { #expect(Self.value(["$defs", name]) != nil, "\(name)") }
    }

    @Test(arguments: ["lookahead", "(?=", "(?!", "(?<", "\\\\d", "\\\\w"])
    func usesNoExpressionThatCheckersInOtherLanguagesLack(part: String) {
        var patterns: [String] = []
        func collect(_ value: JSONValue) {
            switch value {
            case .object(let object):
                for member in object.members {
                    if member.key == "pattern", case .string(let text) = member.value { patterns.append(text) }
                    collect(member.value)
                }
            case .array(let values): values.forEach(collect)
            case .null, .boolean, .integer, .string: break
            }
        }
        collect(Self.document)
        #expect(patterns.count > 10)
        #expect(patterns.allSatisfy { !$0.contains(part) })
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
