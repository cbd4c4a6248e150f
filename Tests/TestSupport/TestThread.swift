internal import CLinux
internal import Glibc
internal import LinuxProcesses
internal import Synchronization

/// Runs `body` on a detached thread, for test doubles that block.
package func startTestThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    let context = unsafe Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread, nil,
        { context in
            if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, context.toOpaque())
    precondition(code == 0, "no thread for a test double: error \(code)")
    pthread_detach(thread)
}

/// Work of a test on a thread of its own, which the test waits for.
package final class TestThread: Sendable {
    private let outcome = Mutex<Result<Void, any Error>?>(nil)
    private let end: FileDescriptor

    /// Begins the work.
    package init(_ work: @escaping @Sendable () throws -> Void) throws {
        let raw = eventfd(0, Int32(EFD_CLOEXEC))
        guard raw >= 0 else { throw CheckFailure("eventfd: error \(errno)") }
        end = FileDescriptor(owning: raw)
        startTestThread { [self] in
            let result = Result { try work() }
            outcome.withLock { $0 = result }
            _ = eventfd_write(end.raw, 1)
        }
    }

    /// Waits until it is done, and throws what it threw.
    package func join() throws {
        var request = pollfd(fd: end.raw, events: Int16(POLLIN), revents: 0)
        let bound = Int32(ChildProcess.patience.components.seconds * 1_000)
        guard unsafe poll(&request, 1, bound) > 0, let result = outcome.withLock({ $0 }) else {
            throw CheckFailure("a thread of the test does not come to its end")
        }
        try result.get()
    }
}
