internal import ConfigModel
internal import SupervisorCore

extension World {
    /// What others than the engine have to deal with.
    enum Notice {
        case event(Event)
        /// SIGHUP, which does nothing as long as the configuration is the same.
        case hangup
        case configuration(String)
    }

    /// Lets everything happen that is due.
    mutating func advance(to now: Instant) -> [Notice] {
        var notices: [Notice] = []
        while let happening = takeNext(dueAt: now) {
            var events: [Event] = []
            switch happening {
            case .start(let process, let life): start(process, life: life, at: now)
            case .end(let identity, let process, let end): self.end(identity, process: process, end, at: now, &events)
            case .reply(let id, let result, let stops):
                if running.remove(id) != nil { events.append(.attemptFinished(id, result)) }
                for stop in stops {
                    for life in living(named: stop.process) {
                        enter(
                            .end(life.identity, process: life.process, ownEnd(of: life)), at: now + stop.after)
                    }
                }
            case .procReadable: unreadable -= 1
            case .event(let kind): happen(kind, at: now, &notices)
            }
            notices += events.map { .event($0) }
        }
        notices += goneEvents().map { .event($0) }
        return notices
    }

    private mutating func happen(_ kind: SimulatedEvent.Kind, at now: Instant, _ notices: inout [Notice]) {
        switch kind {
        case .signal(let signal):
            switch signal.number {
            case 15: notices.append(.event(.stopRequested(.terminate)))
            case 2: notices.append(.event(.stopRequested(.interrupt)))
            default: notices.append(.hangup)
            }
        case .signalProcesses(let signal, let names):
            for life in names.flatMap(living(named:)) {
                // Whoever sends this is not Knell, and has the right to.
                if reaction(of: life, to: signal) == .denied {
                    enter(.end(life.identity, process: life.process, .signal(signal)), at: now)
                } else {
                    _ = deliver(signal, to: life, at: now)
                }
            }
        case .configuration(let file): notices.append(.configuration(file))
        case .procUnreadable(let duration):
            unreadable += 1
            enter(.procReadable, at: now + duration)
        }
    }

    /// How a life ends by itself.
    func ownEnd(of life: Life) -> SimulatedEnd { scenario.processes[life.process].lives[life.number].end }

    func reaction(of life: Life, to signal: Signal) -> SimulatedProcess.Reaction? {
        scenario.processes[life.process].reactions[signal]
    }

    /// Gives a signal to a process; `false` where that is not permitted.
    mutating func deliver(_ signal: Signal, to life: Life, at now: Instant) -> Bool {
        switch reaction(of: life, to: signal) {
        case .denied: return false
        case .ignores: return true
        case .ends(let pause, let end):
            enter(.end(life.identity, process: life.process, end ?? .signal(signal)), at: now + pause)
        case nil:
            guard signal.endsByDefault else { return true }
            enter(.end(life.identity, process: life.process, .signal(signal)), at: now)
        }
        return true
    }
}

extension Signal {
    /// What the kernel does for a process that has arranged nothing, signal(7): some are ignored, some only stop it.
    fileprivate var endsByDefault: Bool { ![17, 18, 19, 20, 21, 22, 23, 28].contains(number) }
}
