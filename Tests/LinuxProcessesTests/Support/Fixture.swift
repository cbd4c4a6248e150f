import LinuxProcesses

/// The recorded process tables beside the tests.
enum Fixture {
    static func proc(_ name: String) throws -> ProcFS {
        let file = #filePath
        let support = file[..<(file.lastIndex(of: "/") ?? file.endIndex)]
        return try ProcFS(root: "\(support)/../Fixtures/\(name)")
    }
}
