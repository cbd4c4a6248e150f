import ConfigModel
import FoundationEssentials
import FuzzChecks
import Testing

/// The words that the fuzzers try: whoever adds a key finds out here that they should know it.
struct DictionaryTests {
    @Test(arguments: Keys.all + Keys.Scenario.all) func everyDeclaredKeyIsAWord(mapping: MappingDeclaration) throws {
        let words = try Self.words(.configuration).union(Self.words(.scenario))
        for key in mapping.keys { #expect(words.contains("\"\(key.name)\""), "\(mapping.name): \(key.name)") }
    }

    /// libFuzzer ends at a line that it cannot read.
    @Test(arguments: FuzzTarget.allCases) func everyTargetHasADictionaryThatCanBeRead(target: FuzzTarget) throws {
        for line in try Self.words(target) where !line.isEmpty && !line.hasPrefix("#") {
            #expect(line.utf8.count > 2 && line.hasPrefix("\"") && line.hasSuffix("\""))
            #expect(line.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        }
    }

    private static func words(_ target: FuzzTarget) throws -> Set<String> {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzzing/\(target.rawValue).dict").standardizedFileURL
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Set(text.split(separator: "\n").map(String.init))
    }
}
