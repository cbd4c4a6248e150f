import Glibc
import LinuxProcesses
import TestSupport

/// Takes every descriptor that the process may have. Nothing else in it can open a file then.
final class DescriptorHoard {
    private var descriptors: [Int32] = []

    /// Lowers the soft limit, so that the hoard is small; the hard one stays.
    init(softLimit: UInt = 256) throws {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        try check(unsafe getrlimit(resource, &limit) == 0, "getrlimit: errno \(errno)")
        limit.rlim_cur = softLimit
        try check(unsafe setrlimit(resource, &limit) == 0, "setrlimit: errno \(errno)")
        while case let descriptor = dup(STDERR_FILENO), descriptor >= 0 { descriptors.append(descriptor) }
        try check(errno, equals: EMFILE)
    }

    /// Gives all of them back.
    func release() {
        for descriptor in descriptors { close(descriptor) }
        descriptors = []
    }
}

/// How many descriptors this process has open. No other test opens any, since it has a process of its own.
func openDescriptorCount() throws -> Int {
    // Their names are numbers, as those of processes. The listing's own are among them, the same each time.
    try ProcFS(root: "/proc/self/fd").processIDs().count
}
