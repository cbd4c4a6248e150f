import CLinux
import Dispatch
import Glibc
import SupervisorCore
import Synchronization
import Testing

@testable import LinuxProcesses

@Suite(.timeLimit(.minutes(10)))
struct EventLoopTests {
    /// A descriptor that a test makes readable at will.
    private final class Bell {
        let descriptor = FileDescriptor(owning: eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)))

        func ring() { #expect(eventfd_write(descriptor.raw, 1) == 0) }
    }

    private final class Record {
        var events: [EventLoop.ReadyEvents] = []
    }

    @Test func callsTheHandlerOfAReadyDescriptor() throws {
        let (loop, bell, record) = (try EventLoop(), Bell(), Record())
        _ = try loop.register(bell.descriptor.raw, for: .readable) { record.events.append($0) }
        try loop.wait(until: MonotonicClock.now())
        #expect(record.events.isEmpty)
        bell.ring()
        try loop.wait(until: nil)
        #expect(record.events == [.readable])
    }

    @Test func asksForWhatTheInterestSays() throws {
        let (loop, bell, record) = (try EventLoop(), Bell(), Record())
        bell.ring()
        let registration = try loop.register(bell.descriptor.raw, for: []) { record.events.append($0) }
        try loop.wait(until: MonotonicClock.now())
        #expect(record.events.isEmpty)
        try loop.modify(registration, for: [.readable, .writable])
        try loop.wait(until: nil)
        #expect(record.events == [[.readable, .writable]])
    }

    @Test func reportsAHangUpToAnEmptyInterest() throws {
        let (loop, record) = (try EventLoop(), Record())
        var ends: [Int32] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        let reading = FileDescriptor(owning: ends[0])
        do { _ = FileDescriptor(owning: ends[1]) }
        _ = try loop.register(reading.raw, for: []) { record.events.append($0) }
        try loop.wait(until: nil)
        #expect(record.events == [.hangUp])
    }

    @Test func dropsEventsOfARegistrationThatAHandlerOfTheSameBatchRemoved() throws {
        let (loop, first, second, record) = (try EventLoop(), Bell(), Bell(), Record())
        final class Registrations { var all: [EventLoop.Registration] = [] }
        let registrations = Registrations()
        for descriptor in [first.descriptor.raw, second.descriptor.raw] {
            let registration = try loop.register(descriptor, for: .readable) { events in
                record.events.append(events)
                for registration in registrations.all { loop.remove(registration) }
            }
            registrations.all.append(registration)
        }
        first.ring()
        second.ring()
        try loop.wait(until: nil)
        try loop.wait(until: MonotonicClock.now())
        #expect(record.events.count == 1)
        // Doing it again is harmless.
        for registration in registrations.all { loop.remove(registration) }
        try loop.modify(registrations.all[0], for: .readable)
    }

    @Test func refusesADescriptorTwice() throws {
        let (loop, bell) = (try EventLoop(), Bell())
        _ = try loop.register(bell.descriptor.raw, for: .readable) { _ in }
        let error = #expect(throws: SystemCallError.self) {
            _ = try loop.register(bell.descriptor.raw, for: .readable) { _ in }
        }
        #expect(error?.errno == EEXIST)
    }

    @Test func doesNotReturnBeforeTheDeadline() throws {
        let loop = try EventLoop()
        let deadline = MonotonicClock.now() + .microseconds(2_300)
        try loop.wait(until: deadline)
        #expect(MonotonicClock.now() >= deadline)
    }

    @Test(
        arguments: [
            (0, 0), (-5, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (.max, Int32.max),
        ] as [(Int64, Int32)])
    func roundsTheTimeoutUp(nanoseconds: Int64, milliseconds: Int32) {
        let timeout = EventLoop.timeout(
            until: Instant(nanoseconds: nanoseconds), from: Instant(nanoseconds: 0))
        #expect(timeout == milliseconds)
    }

    @Test func runsPostedWorkInOrderAndOnlyInsideWait() throws {
        let loop = try EventLoop()
        let done = Mutex<[Int]>([])
        loop.post { done.withLock { $0.append(1) } }
        loop.post { done.withLock { $0.append(2) } }
        #expect(done.withLock { $0 } == [])
        try loop.wait(until: nil)
        #expect(done.withLock { $0 } == [1, 2])
        try loop.wait(until: MonotonicClock.now())
        #expect(done.withLock { $0 } == [1, 2])
    }

    @Test func takesMessagesFromOtherThreads() throws {
        let loop = try EventLoop()
        final class Received { var counts: [Int: Int] = [:] }
        let received = Received()
        let mailbox = try loop.makeMailbox(of: Int.self) { received.counts[$0, default: 0] += 1 }
        DispatchQueue.global().async {
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for message in 0..<500 { mailbox.send(thread * 500 + message) }
            }
        }
        while received.counts.count < 4_000 { try loop.wait(until: nil) }
        #expect(received.counts.values.allSatisfy { $0 == 1 })
    }

    @Test func takesAMessageThatAReceiverSends() throws {
        let loop = try EventLoop()
        final class Relay {
            var mailbox: Mailbox<Int>?
            var received: [Int] = []
        }
        let relay = Relay()
        relay.mailbox = try loop.makeMailbox { message in
            relay.received.append(message)
            if message < 3 { relay.mailbox?.send(message + 1) }
        }
        relay.mailbox?.send(1)
        while relay.received.count < 3 { try loop.wait(until: nil) }
        #expect(relay.received == [1, 2, 3])
    }
}
