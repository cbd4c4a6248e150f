internal import CLinux
internal import Glibc

/// How a program is started, posix_spawnp(3): by its name in `PATH` where that has no slash, without a shell.
///
/// Signals are neither blocked nor ignored in it, whatever Knell does with them.
package struct ProcessSpawn {
    /// The program's process group.
    package enum Group: Hashable, Sendable {
        /// Knell's own.
        case shared
        /// One that it leads.
        case own
        /// One that it leads, in the foreground of the terminal at this descriptor before the program begins.
        case foreground(terminal: Int32)
    }

    /// The program as it is to be found, and its arguments, its own name first.
    package var command: [String]
    package var group = Group.shared
    /// Its standard input is empty, and its output goes to Knell's standard error.
    package var isSilent = false

    /// The descriptors beyond the standard streams that it gets; all others are closed in it.
    package var inherited: Set<Int32> = []

    package init(_ command: [String]) { self.command = command }

    /// The pid of the program, which runs, or has come to its end already.
    ///
    /// - Throws: ``SystemCallError`` of open(2) for /dev/null, or of posix_spawnp(3), which also fails where the program
    ///   exists but cannot be run, since libc waits for its execve(2).
    package func start() throws(SystemCallError) -> Int32 {
        let program = command.first ?? ""
        var files = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&files)
        defer { unsafe posix_spawn_file_actions_destroy(&files) }
        let standardInput = try isSilent ? NullDevice() : nil
        if let standardInput {
            unsafe posix_spawn_file_actions_adddup2(&files, standardInput.raw, STDIN_FILENO)
            unsafe posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO)
        }
        // The HTTP client's sockets are not close-on-exec, and a connection that the program held would stay open.
        let last = max(STDERR_FILENO, inherited.max() ?? 0)
        for descriptor in (STDERR_FILENO + 1)..<(last + 1) where !inherited.contains(descriptor) {
            unsafe posix_spawn_file_actions_addclose(&files, descriptor)
        }
        unsafe knell_spawn_close_from(&files, last + 1)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe knell_fill_signals(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        switch group {
        case .shared: break
        case .own, .foreground:
            unsafe posix_spawnattr_setpgroup(&attributes, 0)
            flags |= POSIX_SPAWN_SETPGROUP
        }
        if case .foreground(let terminal) = group { unsafe knell_spawn_in_foreground(&files, terminal) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, program, &files, &attributes, &arguments, environ)
        guard code == 0 else { throw SystemCallError(call: "posix_spawnp", errno: code) }
        return pid
    }
}

/// An open /dev/null, to read nothing from.
private final class NullDevice {
    private let descriptor: FileDescriptor

    var raw: Int32 { descriptor.raw }

    init() throws(SystemCallError) {
        let raw = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw .last("open", "/dev/null") }
        descriptor = FileDescriptor(owning: raw)
    }
}

/// Why a program could not be started, worded for a log.
package struct SpawnFault: Error, Hashable, Sendable {
    package let reason: String
    /// Another try may succeed: for want of resources, or while somebody writes the program's file.
    package let isTransient: Bool
    /// The exit code that a shell gives: 127 where there is no such program, 126 where it cannot be run.
    package let shellCode: Int32

    /// Reads the error of ``ProcessSpawn/start()``.
    package init(_ error: SystemCallError, program: String) {
        let obstacle: String
        let isAboutProgram = error.call == "posix_spawnp"
        switch error.errno {
        case ENOENT where isAboutProgram, EACCES where isAboutProgram:
            obstacle =
                if !program.contains("/") {
                    "it is not in PATH, as far as that may be searched"
                } else if error.errno == ENOENT {
                    "it, or the interpreter it names, does not exist"
                } else {
                    "it is not executable, or a part of its path may not be searched"
                }
        case ENOEXEC: obstacle = "it is no program of this machine; a script needs a #! line"
        default: obstacle = "\(error)"
        }
        // A name may be as long as a whole command line.
        let name = program.utf8.count > 256 ? program.prefix(256) + "…" : program[...]
        reason = "cannot run \(name): \(obstacle)"
        isTransient = [EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY].contains(error.errno)
        shellCode = isAboutProgram && error.errno == ENOENT ? 127 : 126
    }
}
