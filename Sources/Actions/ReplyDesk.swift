internal import LinuxProcesses

/// Brings the replies of other threads to those on the loop's thread who wait for them.
///
/// A reply that nobody waits for any more is dropped. All that crosses threads in this module crosses here.
final class ReplyDesk {
    /// A reply on its way: the number of the one who waits, and what it waits for.
    fileprivate struct Reply: Sendable {
        let number: UInt64
        let value: any Sendable
    }

    private var handlers: [UInt64: (any Sendable) -> Void] = [:]
    private var lastNumber: UInt64 = 0
    private let mailbox: Mailbox<Reply>

    /// A desk whose handlers run on `loop`'s thread.
    ///
    /// - Throws: ``SystemCallError`` for want of descriptors or memory.
    init(on loop: EventLoop) throws(SystemCallError) {
        let receiver = Receiver()
        mailbox = try loop.makeMailbox(of: Reply.self) { reply in receiver.desk?.receive(reply) }
        receiver.desk = self
    }

    /// Where another thread may send one value; `handler` then gets it, once.
    func await<Value: Sendable>(_ handler: @escaping (Value) -> Void) -> ReplyAddress<Value> {
        lastNumber += 1
        handlers[lastNumber] = { value in
            // The address takes nothing but a `Value`, so the cast holds.
            if let value = value as? Value { handler(value) }
        }
        return ReplyAddress(number: lastNumber, mailbox: mailbox)
    }

    /// Waits no longer for a reply; it is dropped when it comes.
    func forget<Value>(_ address: ReplyAddress<Value>) {
        handlers[address.number] = nil
    }

    private func receive(_ reply: Reply) {
        handlers.removeValue(forKey: reply.number)?(reply.value)
    }

    /// Breaks the circle of desk, mailbox and handler: the loop keeps the handler for as long as it lives.
    private final class Receiver {
        weak var desk: ReplyDesk?
    }
}

/// Where a thread sends the one value that is waited for on the loop's thread. A second value is dropped.
struct ReplyAddress<Value: Sendable>: Sendable {
    fileprivate let number: UInt64
    fileprivate let mailbox: Mailbox<ReplyDesk.Reply>

    /// Hands over the value, from any thread.
    func send(_ value: Value) {
        mailbox.send(ReplyDesk.Reply(number: number, value: value))
    }
}
