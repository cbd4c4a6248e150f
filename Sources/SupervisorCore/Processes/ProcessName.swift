/// Completes a process name that the kernel cut.
package enum ProcessName {
    /// The length at which Linux cuts `comm`: `TASK_COMM_LEN` less the NUL.
    package static let cutLength = 15
    /// The most bytes of a file's name, NAME_MAX. What is longer is no program's name, whatever `argv[0]` claims.
    static let longest = 255

    /// The base name of `argv[0]` where it begins with the cut name `comm`. `arguments` still have their NULs.
    ///
    /// A process that writes a title over its arguments, setproctitle(3), leaves one text with no NUL in it. Of that
    /// only the word that was cut is completed, for the rest are arguments, and names are logged.
    package static func completed(_ comm: [UInt8], fromArguments arguments: [UInt8]) -> [UInt8]? {
        let end = arguments.firstIndex(of: 0) ?? arguments.endIndex
        let isTitle = arguments[end...].allSatisfy { $0 == 0 }
        let program = arguments[..<end]
        guard let rest = remainder(of: program, after: comm) ?? remainder(of: baseName(of: program), after: comm) else {
            return nil
        }
        guard isTitle, let blank = rest.firstIndex(of: UInt8(ascii: " ")) else { return comm + rest }
        return comm + rest[..<blank]
    }

    /// The base name of `executable` where it begins with the cut name `comm`.
    package static func completed(_ comm: [UInt8], fromExecutable executable: [UInt8]) -> [UInt8]? {
        remainder(of: baseName(of: executable[...]), after: comm).map { comm + $0 }
    }

    private static func baseName(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path
    }

    private static func remainder(of text: ArraySlice<UInt8>, after beginning: [UInt8]) -> ArraySlice<UInt8>? {
        text.starts(with: beginning) && text.count <= longest ? text.dropFirst(beginning.count) : nil
    }
}
