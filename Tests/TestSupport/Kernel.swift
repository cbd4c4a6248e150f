internal import Glibc

/// What tests have to know of the kernel that they run on.
package enum Kernel {
    /// Whether a pidfd tells the exit status of a process that was reaped: Linux 6.15 or later.
    package static let tellsOfTheReaped: Bool = {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return false }
        let release = unsafe withUnsafeBytes(of: name.release) { unsafe String(decoding: $0, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 15)
    }()
}
