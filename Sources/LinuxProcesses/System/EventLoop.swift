internal import CLinux
internal import Glibc
package import SupervisorCore

/// One thread, one epoll(7): waits for descriptors and calls their handlers.
///
/// It belongs to the thread that calls ``wait(until:)`` and has no timer of its own: while no descriptor is ready and
/// no deadline given, it sleeps in the kernel. Other threads reach it through a ``Mailbox``.
@safe package final class EventLoop {
    /// What to be called for. The empty set waits for hang-ups and errors only, which epoll reports always.
    package struct Interest: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let readable = Interest(rawValue: 1)
        package static let writable = Interest(rawValue: 2)
    }

    /// What a descriptor is ready for.
    package struct ReadyEvents: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let readable = ReadyEvents(rawValue: 1)
        package static let writable = ReadyEvents(rawValue: 2)
        package static let hangUp = ReadyEvents(rawValue: 4)
        package static let error = ReadyEvents(rawValue: 8)
    }

    /// Names one registration for good: numbers are never used again, unlike those of descriptors.
    package struct Registration: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let descriptor: Int32
        let handler: (ReadyEvents) -> Void
    }

    /// The most events taken from the kernel in one call; what is left over comes with the next.
    private static let batchSize = 64

    /// Runs closures on the loop's thread; what ``post(_:)`` sends to, for threads that cannot hold the loop itself.
    package let poster: Mailbox<@Sendable () -> Void>

    private let epoll: FileDescriptor
    private var entries: [Registration: Entry] = [:]
    private var lastNumber: UInt64 = 0
    /// Memory is given back before the next sleep without an end.
    private var releasesMemory = false
    // epoll_event counts as unsafe for its union, of which this class uses `u64` alone.
    private var batch = unsafe [epoll_event](repeating: epoll_event(), count: batchSize)

    /// - Throws: ``SystemCallError`` of epoll_create1(2), eventfd(2) or epoll_ctl(2), for want of descriptors or
    ///   memory.
    package init() throws(SystemCallError) {
        let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard raw >= 0 else { throw .last("epoll_create1") }
        epoll = FileDescriptor(owning: raw)
        poster = try Mailbox()
        try attach(poster) { work in work() }
    }

    /// Runs `work` on the loop's thread inside a later ``wait(until:)``, in the order of posting. From any thread.
    package func post(_ work: @escaping @Sendable () -> Void) { poster.send(work) }

    /// Calls `handler` on the loop's thread whenever `descriptor` is ready.
    ///
    /// The descriptor is borrowed: whoever owns it calls ``remove(_:)`` before closing it. The handler lives as long as
    /// the registration. Events are level-triggered: a handler that does not take what is there is called again at
    /// once.
    ///
    /// - Throws: ``SystemCallError`` of epoll_ctl(2); EPERM for a regular file, EEXIST for a descriptor twice.
    package func register(
        _ descriptor: Int32, for interest: Interest, handler: @escaping (ReadyEvents) -> Void
    ) throws(SystemCallError) -> Registration {
        lastNumber += 1
        let registration = Registration(number: lastNumber)
        try control(EPOLL_CTL_ADD, descriptor, interest, registration)
        entries[registration] = Entry(descriptor: descriptor, handler: handler)
        return registration
    }

    /// Changes what a registration is called for. One that was removed meanwhile is left alone.
    ///
    /// - Throws: ``SystemCallError`` of epoll_ctl(2).
    package func modify(_ registration: Registration, for interest: Interest) throws(SystemCallError) {
        guard let entry = entries[registration] else { return }
        try control(EPOLL_CTL_MOD, entry.descriptor, interest, registration)
    }

    /// Ends a registration; its handler is not called again, not even for an event that the kernel has already told.
    ///
    /// To be called before the descriptor is closed, from inside any handler if need be. Doing it twice does nothing.
    package func remove(_ registration: Registration) {
        guard let entry = entries.removeValue(forKey: registration) else { return }
        // Fails only where the owner has closed the descriptor too early; then there is nothing left to remove.
        _ = epoll_ctl(epoll.raw, EPOLL_CTL_DEL, entry.descriptor, nil)
    }

    /// Gives back what the last work needed before the next sleep that has no deadline: free heap pages, and the mapping
    /// of code that will not run again.
    ///
    /// Code that is needed later comes back from the page cache, some tens of microseconds for a whole action; it is
    /// the price for a sidecar that is small for hours.
    package func releaseMemoryBeforeSleep() { releasesMemory = true }

    /// Gives the same back at once, where one large piece of work follows another, so that their memory does not add up.
    package static func releaseMemory() { knell_release_memory() }

    /// Sleeps until a descriptor is ready or the deadline has passed, for ever where that is `nil`, and calls handlers.
    ///
    /// Returns after one batch of events, at the deadline, or early after a signal handler has run; so the caller
    /// loops. The time is rounded up to milliseconds, so that a loop with a deadline never spins through the last one.
    ///
    /// - Throws: ``SystemCallError`` of epoll_wait(2).
    package func wait(until deadline: Instant?) throws(SystemCallError) {
        let timeout = deadline.map { Self.timeout(until: $0, from: MonotonicClock.now()) } ?? -1
        let count: Int32
        if releasesMemory, timeout < 0 {
            releasesMemory = false
            count = unsafe knell_release_and_wait(epoll.raw, &batch, Int32(Self.batchSize))
        } else {
            count = unsafe epoll_wait(epoll.raw, &batch, Int32(Self.batchSize), timeout)
        }
        guard count >= 0 else {
            if errno == EINTR { return }
            throw .last("epoll_wait")
        }
        for index in 0..<Int(count) {
            let (bits, registration) = unsafe (batch[index].events, Registration(number: batch[index].data.u64))
            // A handler of this batch may have removed the registration.
            guard let entry = entries[registration] else { continue }
            entry.handler(ReadyEvents(epollBits: bits))
        }
    }

    /// The milliseconds to sleep, rounded up; 0 once the deadline has passed.
    static func timeout(until deadline: Instant, from now: Instant) -> Int32 {
        guard deadline > now else { return 0 }
        let nanoseconds = (deadline - now).wholeNanoseconds
        let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
        return Int32(clamping: milliseconds)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ registration: Registration
    ) throws(SystemCallError) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.epollBits
        unsafe event.data.u64 = registration.number
        guard unsafe epoll_ctl(epoll.raw, operation, descriptor, &event) == 0 else {
            throw .last("epoll_ctl", "descriptor \(descriptor)")
        }
    }
}

extension EventLoop.Interest {
    fileprivate var epollBits: UInt32 {
        (contains(.readable) ? EPOLLIN.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
    }
}

extension EventLoop.ReadyEvents {
    fileprivate init(epollBits bits: UInt32) {
        self = []
        if bits & EPOLLIN.rawValue != 0 { insert(.readable) }
        if bits & EPOLLOUT.rawValue != 0 { insert(.writable) }
        if bits & EPOLLHUP.rawValue != 0 { insert(.hangUp) }
        if bits & EPOLLERR.rawValue != 0 { insert(.error) }
    }
}
