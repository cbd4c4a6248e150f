internal import ConfigModel
internal import SupervisorCore

extension Account {
    /// Compares what is due with what the engine did in this event, and with how it stands now.
    func audit(_ effects: [Effect], _ shell: ModelShell) throws(Breach) {
        try checkThatAllIsWaitedFor(shell)
        try checkDeeds(effects)
        try checkLook(effects)
        try checkWatched(shell)
        try checkStatus(shell.engine.status)
        try checkWakeUp(shell)
        try checkVerdict(shell.engine.verdict)
    }

    // MARK: What needs no opinion

    /// Every rule that is not finished waits for something that is certain to come, or that time will end.
    private func checkThatAllIsWaitedFor(_ shell: ModelShell) throws(Breach) {
        guard hasStarted, shell.engine.verdict == nil else { return }
        let next = shell.engine.nextDeadline
        let looks = shell.pendingScan != nil || next != nil
        var isQuiet = shell.pendingScan == nil
        for rule in shell.engine.status.rules {
            let pids = rule.targets.flatMap(\.processes).map(\.pid)
            let isWaitedFor =
                switch rule.state {
                case .waiting, .grace: looks
                case .watching: !pids.isEmpty || looks
                case .acting: next != nil
                case .finished: true
                }
            if !isWaitedFor { throw Breach(.namedWait, "\(rule.name) is \(rule.state.rawValue) and waits for nothing") }
            if let pid = pids.first(where: { pid in !shell.watched.contains { $0.pid == pid } }) {
                throw Breach(.namedWait, "\(rule.name) waits for the process \(pid), whose end nobody reports")
            }
            let allLive = rule.targets.allSatisfy { $0.phase == .givenUp || !$0.processes.isEmpty }
            let needsNoTime = rule.state == .finished || rule.state == .watching && allLive
            if !needsNoTime { isQuiet = false }
        }
        if isQuiet, shell.engine.status.termination == .none, let next {
            throw Breach(.wakeUp, "at \(next.text), though everything that is not finished watches living processes")
        }
    }

    // MARK: Deeds

    private func checkDeeds(_ effects: [Effect]) throws(Breach) {
        var done: [Entry] = []
        for effect in effects {
            switch effect {
            case .scan, .watch, .unwatch: break
            case .start(let id, _):
                done.append(Entry(rule: try name(of: id.action.rule), deed: .start(id.action.index)))
            case .cancel(let id): done.append(Entry(rule: try name(of: id.action.rule), deed: .cancel(id.action.index)))
            case .awaitGone(let id, _): done.append(Entry(rule: try name(of: id.rule), deed: .awaitGone(id.index)))
            case .stopAwaitingGone(let id):
                done.append(Entry(rule: try name(of: id.rule), deed: .stopAwaitingGone(id.index)))
            case .log(let record): done.append(Entry(rule: record.rule ?? "", deed: Deed(record)))
            }
        }
        if done == due { return }
        // Between rules there is no order; in each one there is. The run comes last: its end is a consequence.
        for rule in Set((done + due).map(\.rule)).sorted().reversed() {
            try compare(
                done.filter { $0.rule == rule }.map(\.deed), due.filter { $0.rule == rule }.map(\.deed), of: rule)
        }
    }

    private func name(of id: RuleID) throws(Breach) -> String {
        guard let rule = rules.first(where: { $0.id == id }) else {
            throw Breach(.possible, "an effect names the rule \(id.number), which there is not")
        }
        return rule.name
    }

    private func compare(_ done: [Deed], _ due: [Deed], of name: String) throws(Breach) {
        let count = zip(done, due).prefix { $0 == $1 }.count
        guard count < max(done.count, due.count) else { return }
        let extra = done.dropFirst(count).first
        let missing = due.dropFirst(count).first
        let text = "\(name.isEmpty ? "the run" : name): "
        let reason = text + "\(extra.map { "\($0)" } ?? "nothing") instead of \(missing.map { "\($0)" } ?? "nothing")"
        if let extra, hasBegun(extra, rule: name, due) { throw Breach(.once, reason) }
        switch (extra, missing) {
        case (.finished, .finished): throw Breach(.exitCode, reason)
        case (_, let missing?) where !done.contains(missing): throw Breach(missing.law(isMissing: true), reason)
        case (let extra?, _): throw Breach(extra.law(isMissing: false), reason)
        case (nil, let missing): throw Breach(missing?.law(isMissing: true) ?? .order, reason)
        }
    }

    /// Whether what is not due has begun before: the rule's firing, or one of its actions.
    private func hasBegun(_ deed: Deed, rule name: String, _ due: [Deed]) -> Bool {
        guard !due.contains(deed), let rule = rules.first(where: { $0.name == name }) else { return false }
        return switch deed {
        case .began(let label):
            rule.begun.contains { rule.label($0) == label } || rule.state == .finished
        case .start(let action): rule.begun.contains(action) || rule.state == .finished
        case .fired: !rule.isLooking && !due.contains { if case .fired = $0 { true } else { false } }
        default: false
        }
    }

    // MARK: Looks and processes

    private func checkLook(_ effects: [Effect]) throws(Breach) {
        let looks = effects.compactMap { if case .scan(let queries) = $0 { queries } else { nil } }
        let asked = looks.first ?? []
        if asked == dueLook || Set(asked) == Set(dueLook) { return }
        func text(_ queries: [TargetQuery]) -> String {
            queries.isEmpty
                ? "no look"
                : "a look for " + queries.map { "\($0.target.rule.number).\($0.target.index)" }.joined(separator: ", ")
        }
        throw Breach(.looking, "\(text(asked)) instead of \(text(dueLook))")
    }

    private func checkWatched(_ shell: ModelShell) throws(Breach) {
        var expected: Set<ProcessIdentity> = []
        if ending == nil {
            for rule in rules where rule.isLooking {
                for target in rule.targets { expected.formUnion(target.members.keys) }
            }
        }
        guard shell.watched != expected else { return }
        func text(_ processes: Set<ProcessIdentity>) -> String {
            processes.map { "\($0.pid) of \($0.startTicks)" }.sorted().joined(separator: ", ")
        }
        throw Breach(.watching, "watched are \(text(shell.watched)) instead of \(text(expected))")
    }

    private func checkWakeUp(_ shell: ModelShell) throws(Breach) {
        switch (shell.engine.nextDeadline, wakeUp) {
        case (nil, nil): return
        case (let next?, let bounds?) where bounds.first <= next && next <= bounds.last: return
        case (let next, let bounds):
            throw Breach(
                .wakeUp,
                "\(next.map { "at \($0.text)" } ?? "never") instead of "
                    + (bounds.map { "from \($0.first.text) to \($0.last.text)" } ?? "never"))
        }
    }

    // MARK: States

    private func checkStatus(_ status: RunStatus) throws(Breach) {
        guard status.rules.count == rules.count else {
            throw Breach(.state, "there are \(status.rules.count) rules instead of \(rules.count)")
        }
        for (actual, rule) in zip(status.rules, rules) {
            func fault(_ law: Law, _ actual: some Any, _ expected: some Any) -> Breach {
                Breach(law, "\(rule.name) has \(actual) instead of \(expected)")
            }
            if actual.name != rule.name { throw fault(.state, actual.name, rule.name) }
            if actual.state != rule.state { throw fault(.state, actual.state, rule.state) }
            let phases = actual.targets.map(\.phase)
            if phases != rule.targets.map(\.phase) { throw fault(.state, phases, rule.targets.map(\.phase)) }
            let pids = actual.targets.map { $0.processes.map(\.pid) }
            let members = rule.targets.map {
                rule.isLooking && ending == nil ? $0.members.keys.map(\.pid).sorted() : []
            }
            if ending == nil, pids != members { throw fault(.watching, pids, members) }
            guard !rule.isLooking else { continue }
            if actual.outcome != rule.outcome {
                throw fault(.firing, actual.outcome?.name ?? "none", rule.outcome.name)
            }
            let failures = actual.failures.map(\.action)
            if failures != rule.failures { throw fault(.nothingLost, failures, rule.failures) }
            if actual.exitCode != rule.exitCode { throw fault(.exitCode, actual.exitCode ?? -1, rule.exitCode ?? -1) }
            guard rule.state == .acting, ending == nil else { continue }
            let label = rule.label(rule.action)
            let isSame = actual.current?.label == label && actual.current?.step == rule.step?.kind
            if !isSame || actual.current?.attempt != rule.attempt {
                throw fault(.order, actual.current.map { "\($0)" } ?? "nothing", "\(label), \(rule.attempt)")
            }
        }
    }

    private func checkVerdict(_ verdict: Verdict?) throws(Breach) {
        guard let verdict, let ending else {
            if verdict != nil || ending != nil {
                throw Breach(.verdict, verdict == nil ? "there is none, though all is over" : "there is one too soon")
            }
            return
        }
        guard verdict.exitCode == ending.exitCode, verdict.reason == ending.reason else {
            throw Breach(.exitCode, "\(verdict.exitCode), \(verdict.reason.text) instead of \(ending)")
        }
        for (actual, rule) in zip(verdict.rules, rules) {
            let outcome = rule.isLooking ? nil : rule.outcome
            let isSame =
                actual.name == rule.name && actual.state == rule.state && actual.outcome == outcome
                && actual.exitCode == rule.exitCode && actual.notDone == rule.notDone
            let failures = rule.isLooking ? [] : rule.failures
            guard isSame, actual.failures.map(\.action) == failures else {
                throw Breach(.verdict, "of \(rule.name) it says \(actual)")
            }
        }
        if verdict.rules.count != rules.count { throw Breach(.verdict, "it has \(verdict.rules.count) rules") }
    }
}

extension Instant {
    /// Milliseconds since the beginning of a walk, for people.
    var text: String { "\((self - Walk.beginning).wholeMilliseconds) ms" }
}
