internal import ConfigModel
internal import SupervisorCore

extension World {
    /// Processes that somebody waits for to be gone.
    enum Awaited {
        case matching(ProcessSelector)
        /// One process for good, since its pid may be given away later.
        case pinned(ProcessIdentity)
    }

    /// Looks through the process table; the number of matches says what the look has cost. It ends beyond `limit`.
    mutating func scan(_ queries: [TargetQuery], limit: Int) -> (event: Event, matches: Int) {
        guard unreadable == 0 else {
            scannedPopulation = nil
            return (.scanFailed(reason: "the scenario lets /proc be unreadable"), 0)
        }
        scannedPopulation = population
        var result = ScanResult()
        var count = 0
        for query in queries where count <= limit {
            let sightings = living(matching: query.selector).map { life in
                Sighting(process: life.identity, parentPID: life.parentPID, name: matcher.name(of: life.process))
            }
            count += sightings.count
            if !sightings.isEmpty { result.sightings[query.target] = sightings }
        }
        return (.scanned(result), count)
    }

    /// Begins an attempt; what is done at once is answered at once.
    mutating func begin(_ id: AttemptID, _ action: Action, at now: Instant) -> [Event] {
        switch action.kind {
        case .http(let request):
            running.insert(id)
            send(request, id, at: now)
            return []
        case .signal(let request): return [.attemptFinished(id, signal(request, at: now))]
        case .touch(let request): return [.attemptFinished(id, touch(request.path))]
        case .exec(let request):
            running.insert(id)
            run(request.command.first ?? "", id, at: now)
            return []
        case .sleep: preconditionFailure("attempt \(id) sleeps: the engine does that with its clock")
        }
    }

    /// Ends an attempt; a peer that has the request goes on with it all the same.
    mutating func cancel(_ id: AttemptID) -> [Event] {
        running.remove(id) == nil ? [] : [.attemptFinished(id, .timedOut)]
    }

    // MARK: Requests

    private mutating func send(_ request: HTTPRequest, _ id: AttemptID, at now: Instant) {
        var answer = SimulatedAnswer.refusal
        var stops: [SimulatedEndpoint.Stop] = []
        let listening = scenario.endpoints.indices.filter { index in
            let endpoint = scenario.endpoints[index]
            return endpoint.url.endpoint == request.url.endpoint
                && (endpoint.servedBy.map { !living(named: $0).isEmpty } ?? true)
        }
        let known = listening.filter { scenario.endpoints[$0].url.requestTarget == request.url.requestTarget }
        if let index = known.first(where: { [nil, request.method].contains(scenario.endpoints[$0].method) }) {
            let endpoint = scenario.endpoints[index]
            answer = endpoint.answers[min(answered[index], endpoint.answers.count - 1)]
            answered[index] += 1
            if case .status(200...299) = answer.kind { stops = endpoint.stops }
        } else if !listening.isEmpty {
            // Something listens there, and does not know what it is asked for.
            answer = known.isEmpty ? .notFound : .wrongMethod
        }
        record.requests.append(
            SimulationResult.Request(
                at: now - Instant(nanoseconds: 0), method: request.method, url: request.url, answer: answer.kind))
        let result: AttemptResult? =
            switch answer.kind {
            case .status(let status): .answered(status: status)
            case .refused: .refused
            case .dropped: .dropped
            case .timeout: nil
            }
        if let result { enter(.reply(id, result, stops: stops), at: now + answer.after) }
    }

    // MARK: Signals

    /// The processes that are meant, as they live now.
    private mutating func resolve(_ reference: ProcessReference) -> [Life] {
        switch reference {
        case .matching(let selector): return living(matching: selector)
        case .pid(let pid): return [living(pid: pid)].compactMap(\.self)
        case .pidFile(let path):
            let owner = scenario.files.lazy.compactMap { file -> String? in
                guard file.path == path, case .pidFile(let name) = file.nature else { return nil }
                return name
            }.first
            return owner.map { Array(living(named: $0).prefix(1)) } ?? []
        }
    }

    private mutating func signal(_ request: SignalRequest, at now: Instant) -> AttemptResult {
        var count = 0
        var refused: [String] = []
        for life in resolve(request.process) {
            let process = scenario.processes[life.process]
            guard deliver(request.signal, to: life, at: now) else {
                refused.append("may not signal pid \(life.identity.pid) (\(process.name)) of uid \(process.userID)")
                continue
            }
            count += 1
            record.signals.append(
                SimulationResult.Signalled(
                    at: now - Instant(nanoseconds: 0), process: process.name, pid: life.identity.pid,
                    signal: request.signal))
        }
        if refused.isEmpty { return .signalled(count: count) }
        return .failed(reason: refused.prefix(3).joined(separator: "; "), isTransient: false)
    }

    /// Waits for processes to be gone; the answer comes at once where none is left.
    mutating func awaitGone(_ id: ActionID, _ reference: ProcessReference) -> [Event] {
        switch reference {
        case .matching(let selector): awaitedGone[id] = .matching(selector)
        case .pid, .pidFile:
            guard let life = resolve(reference).first else { return [.processesGone(id)] }
            awaitedGone[id] = .pinned(life.identity)
        }
        return goneEvents()
    }

    /// Reports what is gone of that which is waited for.
    mutating func goneEvents() -> [Event] {
        guard !awaitedGone.isEmpty else { return [] }
        var gone: [ActionID] = []
        for (id, awaited) in awaitedGone {
            switch awaited {
            case .matching(let selector): if living(matching: selector).isEmpty { gone.append(id) }
            case .pinned(let identity):
                if !lives.contains(where: { $0?.identity == identity }) { gone.append(id) }
            }
        }
        for id in gone { awaitedGone[id] = nil }
        return gone.sorted { ($0.rule, $0.index) < ($1.rule, $1.index) }.map { .processesGone($0) }
    }

    // MARK: Files and programs

    private mutating func touch(_ path: String) -> AttemptResult {
        for file in scenario.files where file.path == path {
            if case .untouchable(let reason) = file.nature {
                return .failed(reason: "cannot touch \(path): \(reason)", isTransient: false)
            }
        }
        record.touches.append(path)
        return .done
    }

    private mutating func run(_ command: String, _ id: AttemptID, at now: Instant) {
        record.programs.append(command)
        let program = scenario.programs.first { $0.command == command }
        switch program?.result ?? .ends(.exitCode(0), after: .zero) {
        case .fails(let reason):
            let result = AttemptResult.failed(reason: "cannot run \(command): \(reason)", isTransient: false)
            enter(.reply(id, result, stops: []), at: now)
        case .ends(.exitCode(0), let pause): enter(.reply(id, .done, stops: []), at: now + pause)
        case .ends(let end, let pause):
            enter(.reply(id, .exited(ExitReport(end).status), stops: []), at: now + pause)
        }
    }
}

extension SimulatedAnswer {
    fileprivate static let refusal = SimulatedAnswer(.refused)
    fileprivate static let notFound = SimulatedAnswer(.status(404))
    fileprivate static let wrongMethod = SimulatedAnswer(.status(405))
}
