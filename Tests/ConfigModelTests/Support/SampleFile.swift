import FoundationEssentials
import Testing

/// A file of `samples/` or `samples/invalid/`.
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

    private static func yamlFiles(in folder: String) -> [SampleFile] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return (names ?? []).sorted().filter { $0.hasSuffix(".yaml") }
            .map { SampleFile(url: root.appending(path: folder).appending(path: $0)) }
    }
}
