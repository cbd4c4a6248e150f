internal import CLinux
internal import Glibc
internal import Synchronization

/// Brings messages of other threads to the thread of an ``EventLoop``, in the order in which they were sent.
///
/// The receiver stays with the loop, so only the messages have to be `Sendable`. Sending is possible from the loop's
/// own thread too: the message is then received by a later ``EventLoop/wait(until:)``, never inside the call.
package final class Mailbox<Message: Sendable>: Sendable {
    private let queue = Mutex<[Message]>([])
    private let event: FileDescriptor

    init() throws(SystemCallError) {
        let raw = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard raw >= 0 else { throw .last("eventfd") }
        event = FileDescriptor(owning: raw)
    }

    /// Queues a message and wakes the loop. Does nothing of note once the loop is gone.
    package func send(_ message: Message) {
        let wasEmpty = queue.withLock { queue in
            queue.append(message)
            return queue.count == 1
        }
        // The loop takes the whole queue at once, so the first message of a queue wakes it for all.
        if wasEmpty { _ = eventfd_write(event.raw, 1) }
    }

    /// The descriptor that is readable while there are messages.
    var readiness: Int32 { event.raw }

    /// Takes all messages.
    func drain() -> [Message] {
        var count: eventfd_t = 0
        // Reset before the queue is taken: a message sent in between then wakes the loop once more, rather than never.
        unsafe _ = eventfd_read(event.raw, &count)
        return queue.withLock { queue in
            defer { queue = [] }
            return queue
        }
    }
}

extension EventLoop {
    /// Makes a mailbox whose messages `receive` gets on this loop's thread, for as long as the loop lives.
    ///
    /// - Throws: ``SystemCallError`` of eventfd(2) or epoll_ctl(2).
    package func makeMailbox<Message: Sendable>(
        of type: Message.Type = Message.self, receive: @escaping (Message) -> Void
    ) throws(SystemCallError) -> Mailbox<Message> {
        let mailbox = try Mailbox<Message>()
        try attach(mailbox, receive: receive)
        return mailbox
    }

    func attach<Message: Sendable>(
        _ mailbox: Mailbox<Message>, receive: @escaping (Message) -> Void
    ) throws(SystemCallError) {
        _ = try register(mailbox.readiness, for: .readable) { _ in
            for message in mailbox.drain() { receive(message) }
        }
    }
}
