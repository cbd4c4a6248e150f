import Foundation

/// The files of the repository that tests read.
enum Repository {
    /// The top, found from this file's own place.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// The paths of the YAML files in a folder, sorted.
    static func samples(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(root)/\(folder)/\($0)" }
    }

    /// A recorded process table.
    static func proc(_ name: String) -> String { "\(root)/Tests/LinuxProcessesTests/Fixtures/\(name)" }
}
