import FoundationEssentials
import Testing

/// A file of `samples/` or of a folder in it.
struct SampleFile: CustomTestStringConvertible, Sendable {
    let url: URL

    var name: String { url.lastPathComponent }
    var testDescription: String { name }
    /// The golden file beside it.
    var expected: URL { url.deletingPathExtension().appendingPathExtension("expected") }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: url)) }

    /// The samples that must be valid.
    static let valid = yamlFiles(in: "samples")
    /// The samples that must be refused.
    static let invalid = yamlFiles(in: "samples/invalid")
    /// The scenarios that must be valid.
    static let scenarios = yamlFiles(in: "samples/scenarios")
    /// The scenarios that must be refused.
    static let invalidScenarios = yamlFiles(in: "samples/scenarios/invalid")

    private static func yamlFiles(in folder: String) -> [SampleFile] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return (names ?? []).sorted().filter { $0.hasSuffix(".yaml") }
            .map { SampleFile(url: root.appending(path: folder).appending(path: $0)) }
    }
}
