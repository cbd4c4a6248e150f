internal import CLinux
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// A program that a test has started, with its standard streams at hand.
///
/// Every wait has a bound, so a fault shows as a thrown ``ChildProcessFault`` and not as a test that hangs. The
/// process is killed and reaped at the latest when this value goes.
package final class ChildProcess {
    /// A stream that can be read.
    package enum Output: Hashable, Sendable {
        case standardOutput
        /// Only where the process was started with `capturesError`.
        case standardError
    }

    /// How long a test waits for what should come at once, on a machine that may be busy with other tests.
    package static let patience = Sanitizer.current == nil ? Duration.seconds(60) : .seconds(300)

    /// POSIX_SPAWN_SETSID, which glibc shows only to those who ask for GNU extensions.
    private static let newSession: Int32 = 0x80

    package let pid: Int32
    private let input: FileDescriptor
    private let output: LineReader
    private let errors: LineReader?
    private var status: Int32?

    /// Starts a program, found through `PATH` where its name has no slash.
    ///
    /// - Parameters:
    ///   - program: A path, or a name to be looked up.
    ///   - arguments: Those behind the program's own name.
    ///   - argumentZero: What the program is told as its own name; `program` where it is `nil`.
    ///   - environment: `NAME=value`; the test's own where it is `nil`.
    ///   - capturesError: Whether standard error is read by the test; otherwise it is the test's own.
    ///   - terminal: Takes the place of all three standard streams, and is the process's controlling terminal.
    /// - Throws: ``ChildProcessFault`` where it cannot be started.
    package init(
        _ program: String, _ arguments: [String] = [], argumentZero: String? = nil, environment: [String]? = nil,
        capturesError: Bool = false, terminal: PseudoTerminal? = nil
    ) throws {
        let inputEnds = try DescriptorPair()
        let outputEnds = try DescriptorPair()
        let errorEnds = try DescriptorPair()

        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // The copies are not close-on-exec, the originals are.
        unsafe posix_spawn_file_actions_adddup2(&actions, inputEnds.given.raw, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputEnds.given.raw, STDOUT_FILENO)
        if capturesError { unsafe posix_spawn_file_actions_adddup2(&actions, errorEnds.given.raw, STDERR_FILENO) }
        if let terminal {
            // Opened by the leader of a session without one, it becomes that session's terminal.
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, terminal.path, O_RDWR, 0)
            for stream in [STDOUT_FILENO, STDERR_FILENO] {
                unsafe posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, stream)
            }
        }
        // Whatever the test runner has inherited is no business of the process.
        unsafe knell_spawn_close_from(&actions, STDERR_FILENO + 1)

        // The test runner's threads may block or ignore signals, which a new program would inherit.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let session = terminal == nil ? 0 : Self.newSession
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(Int32(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | session))

        let argumentVector = CStringVector([argumentZero ?? program] + arguments)
        let environmentVector = environment.map { CStringVector($0) }
        var pid: Int32 = 0
        let code = unsafe posix_spawnp(
            &pid, program, &actions, &attributes, argumentVector.pointers, environmentVector?.pointers ?? environ)
        guard code == 0 else { throw ChildProcessFault("posix_spawn \(program)", errno: code) }
        self.pid = pid
        input = inputEnds.takeKept()
        output = LineReader(outputEnds.takeKept())
        errors = capturesError ? LineReader(errorEnds.takeKept()) : nil
    }

    deinit {
        guard status == nil else { return }
        closeInput()
        // A test that has given up its uid may not kill the process; it is left to the end of its input then.
        guard Glibc.kill(pid, SIGKILL) == 0 else { return }
        var ignored: Int32 = 0
        while unsafe waitpid(pid, &ignored, 0) < 0 && errno == EINTR {}
    }

    /// Writes a line to standard input.
    package func send(_ line: String) throws {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(input.raw, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ChildProcessFault("write to \(pid)", errno: errno) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Closes standard input: the process reads its end.
    package func closeInput() { _ = shutdown(input.raw, Int32(SHUT_WR)) }

    /// The next line, without its end; `nil` at the end of the stream.
    package func readLine(
        from stream: Output = .standardOutput, within bound: Duration = patience
    ) throws -> String? {
        try reader(of: stream).line(before: MonotonicClock.now() + bound)
    }

    /// All that is still to come, until every process that holds the stream has closed it.
    package func readToEnd(
        from stream: Output = .standardOutput, within bound: Duration = patience
    ) throws -> String {
        try reader(of: stream).rest(before: MonotonicClock.now() + bound)
    }

    /// Sends a line and returns the line that answers it.
    package func ask(_ line: String) throws -> String {
        try send(line)
        guard let answer = try readLine() else { throw ChildProcessFault("no answer to \(line) from \(pid)") }
        return answer
    }

    /// Sends a signal. Safe against a reused pid, since nobody else reaps this process.
    package func kill(_ signal: Int32) {
        if status == nil { _ = Glibc.kill(pid, signal) }
    }

    /// Waits for the end of the process and leaves it a zombie.
    package func awaitEnd(within bound: Duration = patience) throws {
        if status != nil { return }
        let procFS = try ProcFS()
        let pidfd = try ProcessDescriptor(of: procFS.identity(of: pid), in: procFS)
        try awaitReadable(pidfd.raw, before: MonotonicClock.now() + bound, "the end of \(pid)")
    }

    /// Waits for the end of the process, reaps it, and returns the wait status, waitpid(2).
    @discardableResult
    package func wait(within bound: Duration = patience) throws -> Int32 {
        if let status { return status }
        try awaitEnd(within: bound)
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw ChildProcessFault("waitpid \(pid)", errno: errno) }
        }
        self.status = status
        return status
    }

    private func reader(of stream: Output) throws -> LineReader {
        guard let reader = stream == .standardOutput ? output : errors else {
            throw ChildProcessFault("standard error of \(pid) is not captured")
        }
        return reader
    }
}

/// What went wrong around a process that a test has started.
package struct ChildProcessFault: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, errno: Int32? = nil) {
        description = errno.map { "\(SystemCallError(call: what, errno: $0))" } ?? what
    }
}

/// Two connected descriptors: the test keeps one and gives the other to the process.
///
/// They are sockets, for two reasons. Writing to a process that has ended is an error then, and not a SIGPIPE for all
/// tests; and Swift's Glibc module has no other way to make a pair that is close-on-exec from the beginning, which
/// keeps it out of processes that other tests start at the same time.
private struct DescriptorPair: ~Copyable {
    private let kept: FileDescriptor
    let given: FileDescriptor

    init() throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw ChildProcessFault("socketpair", errno: errno)
        }
        kept = FileDescriptor(owning: ends[0])
        given = FileDescriptor(owning: ends[1])
    }

    /// Closes the process's end.
    consuming func takeKept() -> FileDescriptor { kept }
}

/// The vector of C strings that exec(3) wants, freed with this value.
@safe private final class CStringVector {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            unsafe (pointers + index).initialize(to: strdup(string))
        }
        unsafe (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}

/// Cuts a stream into lines.
private final class LineReader {
    private let descriptor: FileDescriptor
    private var buffered: [UInt8] = []
    private var isAtEnd = false

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    func line(before deadline: Instant) throws -> String? {
        while true {
            if let end = buffered.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffered.removeSubrange(...end) }
                return String(decoding: buffered[..<end], as: UTF8.self)
            }
            if isAtEnd {
                defer { buffered = [] }
                return buffered.isEmpty ? nil : String(decoding: buffered, as: UTF8.self)
            }
            try fill(before: deadline)
        }
    }

    func rest(before deadline: Instant) throws -> String {
        while !isAtEnd { try fill(before: deadline) }
        defer { buffered = [] }
        return String(decoding: buffered, as: UTF8.self)
    }

    private func fill(before deadline: Instant) throws {
        try awaitReadable(
            descriptor.raw, before: deadline, "output; so far: \(String(decoding: buffered, as: UTF8.self))")
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe read(descriptor.raw, &chunk, chunk.count)
        guard count >= 0 else { throw ChildProcessFault("read", errno: errno) }
        buffered += chunk.prefix(count)
        isAtEnd = count == 0
    }
}

/// Waits until a descriptor is readable or at its end.
func awaitReadable(_ descriptor: Int32, before deadline: Instant, _ what: String) throws {
    while true {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = max(.zero, deadline - MonotonicClock.now()).wholeMilliseconds
        let count = unsafe poll(&request, 1, Int32(clamping: left))
        if count > 0 { return }
        if count == 0 { throw ChildProcessFault("waited too long for \(what)") }
        guard errno == EINTR else { throw ChildProcessFault("poll", errno: errno) }
    }
}
