package import ConfigModel
internal import Glibc
package import LinuxProcesses
internal import Presentation

/// Reads configurations from where users keep them.
package enum ConfigurationFile {
    /// Where Knell looks when nothing else is said.
    package static let defaultPath = "/etc/knell/knell.yaml"

    /// The path that `KNELL_CONFIG` names; empty counts as left out, since a manifest cannot unset a variable.
    package static func pathInEnvironment(_ environment: ConfigurationEnvironment) -> String? {
        environment.variable("KNELL_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What diagnostics call the file at `path`.
    package static func displayName(_ path: String) -> String { path == "-" ? "<stdin>" : path }

    /// The bytes of the file at `path`, or of standard input for `-`; of a file that is too large, so much that whoever
    /// parses them notices.
    ///
    /// - Throws: ``SystemCallError`` where the file cannot be read.
    package static func contents(of path: String) throws(SystemCallError) -> [UInt8] {
        let limit = YAMLLimits.standard.inputBytes
        do throws(SystemCallError) {
            return try path == "-" ? readStandardInput(limit: limit + 1) : readSmallFile(path, limit: limit)
        } catch  where error.errno == EFBIG {
            // One byte more than allowed: the parser has the words for that.
            return [UInt8](repeating: 0x20, count: limit + 1)
        }
    }

    /// At most `limit` bytes of standard input; waits for them, since whoever writes `-` sends something.
    private static func readStandardInput(limit: Int) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = unsafe Glibc.read(STDIN_FILENO, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0 {
                if errno == EINTR { continue }
                throw .last("read", "standard input")
            }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}

extension ConfigurationEnvironment {
    /// The variables and users of this process.
    package static func current(allowsUndefined: Bool = false) -> ConfigurationEnvironment {
        ConfigurationEnvironment(
            variable: { name in unsafe getenv(name).map { unsafe String(cString: $0) } },
            userID: { name in UserDatabase.userID(of: name) },
            allowsUndefined: allowsUndefined)
    }
}
