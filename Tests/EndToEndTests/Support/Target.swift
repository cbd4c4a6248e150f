import Glibc
import TestSupport

/// A process that Knell is to watch or to stop: a `test-process` that does what it is told.
final class Target {
    let name: String
    let process: ChildProcess
    var pid: Int32 { process.pid }

    /// Starts it and waits until it bears its name, of at most 15 bytes, and is the user `uid`, for tests as root.
    ///
    /// The arguments are there to be looked at.
    init(_ name: String = uniqueName(), uid: UInt32? = nil, arguments: [String] = []) throws {
        self.name = name
        process = try ChildProcess(
            TestProducts.path(of: "test-process"),
            ["--name", name] + (uid.map { ["--uid", "\($0)"] } ?? []) + arguments)
        guard try process.readLine() == "ready \(process.pid)" else { throw KnellFault("\(name) does not start") }
    }

    /// Has a command done that is answered with `ok`.
    func obey(_ command: String) throws {
        let answer = try process.ask(command)
        guard answer == "ok" else { throw KnellFault("\(name) answers \(command) with \(answer)") }
    }

    /// Ends it with an exit code, and reaps it.
    func exit(_ code: Int32 = 0) throws {
        try obey("exit \(code)")
        try process.wait()
    }

    /// Has it fork a child of this name, and returns the child's pid.
    func spawn(_ name: String) throws -> Int32 {
        let answer = try process.ask("spawn \(name)")
        guard answer.hasPrefix("child "), let pid = Int32(answer.dropFirst(6)) else {
            throw KnellFault("\(self.name) answers spawn with \(answer)")
        }
        return pid
    }

    /// Has a child do as `command` says and leaves what becomes of it unreaped.
    func endChild(_ child: Int32, _ command: String) throws {
        try obey("tell \(child) \(command)")
        guard try process.ask("await \(child)") == "ended" else { throw KnellFault("\(child) does not end") }
    }
}

/// A process name that no other test uses; 12 bytes.
func uniqueName() -> String {
    let digits = String(UInt64.random(in: 0..<1 << 40), radix: 16)
    return "ke" + String(repeating: "0", count: 10 - digits.count) + digits
}

/// Whether the tests run as root, which some need.
let isRoot = geteuid() == 0

/// Whether the running kernel is of this release or a later one.
func kernelIsAtLeast(_ major: Int, _ minor: Int) -> Bool {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return false }
    let release = unsafe withUnsafeBytes(of: name.release) { unsafe String(decoding: $0, as: UTF8.self) }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (major, minor)
}

/// Waits until something can be read from a descriptor.
func awaitReadable(_ descriptor: Int32) throws {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let bound = Int32(ChildProcess.patience.components.seconds * 1_000)
    guard unsafe poll(&request, 1, bound) > 0 else { throw KnellFault("nothing comes on descriptor \(descriptor)") }
}
