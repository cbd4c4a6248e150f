internal import CLinux
internal import Glibc

/// A library's thread with an event loop of its own, as NIO's.
package enum LoopThread {
    /// What NIO opens for a thread, with the first socket and some to spare; and what a look through the process table
    /// takes, for a thread that left none for it would make Knell blind.
    private static let descriptors = 6 + DescriptorLimit.neededToLook

    /// Why none can be had now; `nil` where one can. Somebody else may take what is left the moment after.
    ///
    /// To be asked before NIO makes a thread, since it ends the whole program where something is missing.
    package static func shortage() -> SystemCallError? {
        guard DescriptorLimit.hasRoom(for: descriptors) else {
            return SystemCallError(call: "epoll_create1", errno: EMFILE)
        }
        let timer = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC))
        guard timer >= 0 else { return .last("timerfd_create") }
        close(timer)
        var thread = pthread_t()
        // Limits of processes, as a container's pids.max, are limits of threads.
        let code = unsafe pthread_create(&thread, nil, { _ in nil }, nil)
        guard code == 0 else { return SystemCallError(call: "pthread_create", errno: code) }
        pthread_join(thread, nil)
        return nil
    }
}
