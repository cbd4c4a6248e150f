internal import CLinux
internal import Glibc

/// The limit of open descriptors, `RLIMIT_NOFILE`, getrlimit(2).
package enum DescriptorLimit {
    /// How many descriptors the pidfds of watched processes leave to others: a scan, and the requests at the end, which
    /// must not fail because much is watched.
    private static let reserve: Int32 = 24

    /// What a look through the process table takes: one for the list, and one for a file of a process.
    package static let neededToLook = 2

    /// Whether a descriptor with this number leaves the reserve free.
    static func leavesReserve(_ descriptor: Int32) -> Bool {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        return UInt(descriptor) + UInt(reserve) < limit.rlim_cur
    }

    /// Whether the reserve is free now, for what is opened at the wish of others.
    package static func hasReserve() -> Bool {
        // The kernel gives out the lowest free number, so the next one tells how many are taken.
        let probe = eventfd(0, Int32(EFD_CLOEXEC))
        guard probe >= 0 else { return false }
        close(probe)
        return leavesReserve(probe)
    }

    /// Whether so many more can be opened now. Another thread may take them the moment after.
    package static func hasRoom(for count: Int) -> Bool {
        var probes: [Int32] = []
        defer { for probe in probes { close(probe) } }
        for _ in 0..<count {
            let probe = eventfd(0, Int32(EFD_CLOEXEC))
            guard probe >= 0 else { return false }
            probes.append(probe)
        }
        return true
    }

    /// Sees to it that so many more can be opened, by a higher soft limit if need be; whether they can.
    package static func makeRoom(for count: Int) -> Bool {
        hasRoom(for: count) || (raise() && hasRoom(for: count))
    }

    /// Raises the soft limit to the hard one, which needs no privilege; whether that gained anything.
    static func raise() -> Bool {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < limit.rlim_max
        else { return false }
        limit.rlim_cur = limit.rlim_max
        return unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    }
}
