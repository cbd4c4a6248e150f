internal import SupervisorCore

/// The events that wait for the engine, in their order; filled from callbacks, emptied by the loop.
final class EventQueue {
    private var events: [Event] = []
    private var first = 0

    func append(_ event: Event) { events.append(event) }

    func popFirst() -> Event? {
        guard first < events.count else { return nil }
        let event = events[first]
        first += 1
        if first == events.count {
            events.removeAll(keepingCapacity: true)
            first = 0
        }
        return event
    }
}
