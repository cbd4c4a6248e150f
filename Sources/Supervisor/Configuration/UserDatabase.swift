internal import LinuxProcesses

/// The users of the container that Knell runs in, passwd(5).
///
/// The file is read by hand: getpwnam(3) needs name service libraries that a static executable does not have.
enum UserDatabase {
    private static let path = "/etc/passwd"
    private static let limit = 1 << 20

    /// The uid of a user name; `root` is 0 even where there is no user database at all, as in an empty image.
    static func userID(of name: String) -> UInt32? {
        let bytes = (try? readSmallFile(path, limit: limit)) ?? []
        return userID(of: name, in: bytes) ?? (name == "root" ? 0 : nil)
    }

    /// The uid in the first line that is the user's.
    static func userID(of name: String, in passwd: [UInt8]) -> UInt32? {
        let wanted = Array(name.utf8)
        for line in passwd.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count >= 3, fields[0].elementsEqual(wanted) {
                return UInt32(String(decoding: fields[2], as: UTF8.self))
            }
        }
        return nil
    }
}
