internal import Glibc
internal import LinuxProcesses

/// Work on a short-lived thread of its own, for calls that a dead file server can block for ever.
///
/// The thread cannot be interrupted: after ``cancel()`` it goes on to its end, and its result is dropped.
struct BlockingTask<Value: Sendable> {
    private let address: ReplyAddress<Value>
    private let desk: ReplyDesk

    /// Starts `work`; `completion` gets its value on the loop's thread, unless the task is cancelled before.
    ///
    /// - Throws: ``SystemCallError`` where no thread can be made, pthread_create(3).
    init(
        _ desk: ReplyDesk, work: @escaping @Sendable () -> Value, completion: @escaping (Value) -> Void
    ) throws(SystemCallError) {
        let address = desk.await(completion)
        self.address = address
        self.desk = desk
        do throws(SystemCallError) {
            try startDetachedThread { address.send(work()) }
        } catch {
            desk.forget(address)
            throw error
        }
    }

    /// Drops the result that is still to come.
    func cancel() { desk.forget(address) }
}

/// Holds the closure of a thread until the thread has taken it.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Enough to parse certificates; the usual 8 MiB would only be reserved, but count against strict limits.
private let stackSize = 512 * 1_024

private func startDetachedThread(_ run: @escaping @Sendable () -> Void) throws(SystemCallError) {
    let body = unsafe Unmanaged.passRetained(ThreadBody(run))
    let code = unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer in
        guard let attributes = buffer.baseAddress else { return ENOMEM }
        unsafe pthread_attr_init(attributes)
        defer { unsafe pthread_attr_destroy(attributes) }
        unsafe pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(attributes, stackSize)
        var thread = pthread_t()
        return unsafe pthread_create(
            &thread, attributes,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, body.toOpaque())
    }
    if code != 0 {
        unsafe body.release()
        throw SystemCallError(call: "pthread_create", errno: code)
    }
}
