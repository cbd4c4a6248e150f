internal import CLinux
internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Why a program could not be started, worded for the log.
struct SpawnFault: Error, Hashable, Sendable {
    let reason: String
    let isTransient: Bool
}

/// Starts one program without a shell, posix_spawnp(3).
struct ProgramSpawn {
    private let command: [String]

    init(_ request: ExecRequest) { command = request.command }

    /// The pid of the started program, which leads a new process group.
    ///
    /// Its standard input is empty, its output goes to Knell's standard error, no other descriptor is open in it, and
    /// signals are neither blocked nor ignored, whatever Knell does with them.
    ///
    /// - Throws: ``SpawnFault``; also where the program exists but cannot be run, since libc waits for its execve(2).
    func spawn() throws(SpawnFault) -> Int32 {
        let program = command.first ?? ""
        let nullDevice = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard nullDevice >= 0 else {
            throw SpawnFault(reason: "\(SystemCallError.last("open", "/dev/null"))", isTransient: false)
        }
        let standardInput = FileDescriptor(owning: nullDevice)

        var files = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&files)
        defer { unsafe posix_spawn_file_actions_destroy(&files) }
        unsafe posix_spawn_file_actions_adddup2(&files, standardInput.raw, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO)
        // The HTTP client's sockets are not close-on-exec, and a connection that the program held would stay open.
        unsafe knell_spawn_close_from(&files, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, program, &files, &attributes, &arguments, environ)
        guard code == 0 else { throw fault(code, program) }
        return pid
    }

    private func fault(_ code: Int32, _ program: String) -> SpawnFault {
        let obstacle: String
        switch code {
        case ENOENT, EACCES:
            obstacle =
                if !program.contains("/") {
                    "it is not in PATH, as far as that may be searched"
                } else if code == ENOENT {
                    "it, or the interpreter it names, does not exist"
                } else {
                    "it is not executable, or a part of its path may not be searched"
                }
        case ENOEXEC: obstacle = "it is no program of this machine; a script needs a #! line"
        default: obstacle = "\(SystemCallError(call: "posix_spawnp", errno: code))"
        }
        let isTransient = [EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY].contains(code)
        return SpawnFault(reason: "cannot run \(program): \(obstacle)", isTransient: isTransient)
    }
}
