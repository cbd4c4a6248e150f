import Foundation

/// The repository's own files, as tests need them.
enum Repository {
    static let root: String = {
        let file = #filePath
        return file.range(of: "/Tests/EndToEndTests/").map { String(file[..<$0.lowerBound]) } ?? file
    }()

    /// A recorded process table.
    static func proc(_ name: String) -> String { "\(root)/Tests/LinuxProcessesTests/Fixtures/\(name)" }
}
