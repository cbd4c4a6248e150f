internal import NIOCore

/// Brings the question for a snapshot to the main thread and its answer back to the connections.
///
/// However many ask, one question at a time is on its way: whoever comes meanwhile shares the next one, since an answer
/// must not be older than its request. So nobody can flood the main loop. It belongs to the server's event loop.
final class SnapshotDesk {
    /// How long the main loop may take; a loop that takes longer is not healthy.
    static let patience = TimeAmount.seconds(1)

    private struct Asker {
        let completion: ((any StatusSource)?) -> Void
        let deadline: Scheduled<Void>
    }

    private let loop: any EventLoop
    private let ask: @Sendable (StatusQuestion) -> Void
    private var askers: [Int: Asker] = [:]
    private var lastNumber = 0
    /// The askers up to this number are meant by the question under way; `nil` while there is none.
    private var askedUpTo: Int?

    init(on loop: any EventLoop, ask: @escaping @Sendable (StatusQuestion) -> Void) {
        self.loop = loop
        self.ask = ask
    }

    /// Calls `completion` once, with `nil` where the main loop has not answered in time.
    func take(_ completion: @escaping ((any StatusSource)?) -> Void) {
        lastNumber += 1
        let number = lastNumber
        let deadline = loop.assumeIsolated().scheduleTask(in: Self.patience) { [weak self] in
            guard let asker = self?.askers.removeValue(forKey: number) else { return }
            asker.completion(nil)
        }
        askers[number] = Asker(completion: completion, deadline: deadline)
        askIfIdle()
    }

    private func askIfIdle() {
        guard askedUpTo == nil, !askers.isEmpty else { return }
        let number = lastNumber
        askedUpTo = number
        let (loop, desk) = (loop, NIOLoopBound(self, eventLoop: loop))
        ask(StatusQuestion { source in loop.execute { desk.value.answered(number, source) } })
    }

    private func answered(_ number: Int, _ source: any StatusSource) {
        guard askedUpTo == number else { return }
        askedUpTo = nil
        for (key, asker) in askers.sorted(by: { $0.key < $1.key }) where key <= number {
            askers[key] = nil
            asker.deadline.cancel()
            asker.completion(source)
        }
        askIfIdle()
    }
}
