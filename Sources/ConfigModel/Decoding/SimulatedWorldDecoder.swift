/// Decodes the model of the pod in a scenario: processes, endpoints, files, programs, events.
struct SimulatedWorldDecoder {
    let context: DecodingContext
    let users: [String: UInt32]
    let variables: [String: String]
    let references: ScenarioDecoder.References

    // MARK: Processes

    func process(_ node: YAMLNode, at path: ConfigPath) -> Located<SimulatedProcess>? {
        typealias Process = Keys.Scenario.Process
        guard let reader = MappingReader(node, as: Process.declaration, at: path, in: context) else { return nil }
        let name = nonEmptyText(reader, Process.name)
        // A recorded one may hold a secret.
        reader.field(Process.commandLine).map { context.diagnostics.hide($0.node) }
        let commandLine = reader.text(Process.commandLine)
        let executable = reader.absolutePath(Process.executable)
        let first = firstLife(reader)
        let restarts = reader.list(Process.restarts)?.compactMap { restart($0.node, at: $0.path) } ?? []
        let reactions = reader.map(Process.onSignal).map(self.reactions) ?? [:]
        let process = SimulatedProcess(
            name: name?.value ?? "", commandLine: commandLine?.value, executable: executable?.value,
            userID: reader.field(Process.user).flatMap(userID) ?? 0,
            pid: reader.integer(Process.pid).map { Int32($0.value) },
            parent: reader.field(Process.parent).flatMap(parent), lives: [first] + restarts, reactions: reactions)
        return name == nil ? nil : Located(process, span: reader.span, path: path)
    }

    private func firstLife(_ reader: MappingReader) -> SimulatedProcess.Life {
        typealias Process = Keys.Scenario.Process
        let start = reader.duration(Process.startsAt) ?? Process.startsAt.defaultValue
        let endsAt = reader.duration(Process.endsAt)
        var runsFor = reader.duration(Process.runsFor)
        if let field = reader.field(Process.endsAt) {
            if reader.contains(Process.runsFor) {
                context.report(
                    .conflictingKeys, at: field.keySpan, reader.path,
                    "\"endsAt\" cannot stand beside \"runsFor\"; remove one")
            } else if let endsAt, endsAt < start {
                context.report(
                    .outOfRange, at: field.node.span, field.path,
                    "\(endsAt.configText) is before the process starts, at \(start.configText)")
            } else if let endsAt {
                runsFor = endsAt - start
            }
        }
        return SimulatedProcess.Life(startsAfter: start, runsFor: runsFor, end: end(reader) ?? .exitCode(0))
    }

    private func restart(_ node: YAMLNode, at path: ConfigPath) -> SimulatedProcess.Life? {
        typealias Restart = Keys.Scenario.Restart
        guard let reader = MappingReader(node, as: Restart.declaration, at: path, in: context) else { return nil }
        return SimulatedProcess.Life(
            startsAfter: reader.duration(Restart.after) ?? Restart.after.defaultValue,
            runsFor: reader.duration(Restart.runsFor), end: end(reader) ?? .exitCode(0))
    }

    /// How something ends; `nil` where nothing is said about it.
    private func end(_ reader: MappingReader) -> SimulatedEnd? {
        typealias End = Keys.Scenario.End
        let fields = [reader.field(End.exitCode), reader.field(End.signal), reader.field(End.exitStatus)]
            .compactMap(\.self).sorted { $0.keySpan.start < $1.keySpan.start }
        for extra in fields.dropFirst() {
            context.report(
                .conflictingKeys, at: extra.keySpan, reader.path,
                "give one of exitCode, signal, exitStatus: something ends in one way")
        }
        if let code = reader.exitCode(End.exitCode) { return .exitCode(code) }
        if let field = reader.field(End.signal) {
            return context.signal(field.node, field.path).map { .signal($0) }
        }
        guard let field = reader.field(End.exitStatus) else { return nil }
        return context.choice(field.node, field.path, among: ["unknown"], what: "exit status").map { _ in .unknown }
    }

    private func userID(_ field: MappingReader.Field) -> UInt32? {
        guard let user = context.user(field.node, field.path) else { return nil }
        switch user.value {
        case .id(let id): return id
        case .name(let name):
            if let id = users[name] { return id }
            let advice = Suggestion.phrase(for: name, among: users.keys.sorted())
            context.report(
                .unknownUser, at: user.span, user.path,
                "the scenario has no user \"\(name)\"\(advice.isEmpty ? "; write the uid, or list it below users" : advice)"
            )
            return nil
        }
    }

    private func parent(_ field: MappingReader.Field) -> SimulatedProcess.Parent? {
        if case .scalar(let scalar) = field.node, case .integer = scalar.kind {
            return context.integer(field.node, field.path, in: 2...4_194_304).map { .pid(Int32($0)) }
        }
        return processName(field.node, field.path).map { .name($0) }
    }

    private func reactions(
        _ entries: [(key: YAMLScalar, node: YAMLNode, path: ConfigPath)]
    ) -> [Signal: SimulatedProcess.Reaction] {
        var reactions: [Signal: SimulatedProcess.Reaction] = [:]
        for entry in entries {
            guard let signal = context.signal(.scalar(entry.key), entry.path),
                let reaction = reaction(entry.node, at: entry.path)
            else { continue }
            // No process can catch these two, signal(7).
            if [9, 19].contains(signal.number), reaction != .denied {
                context.report(
                    .notApplicable, at: entry.key.span, entry.path,
                    "no process can catch or ignore \(signal); write denied, or remove it")
            } else if reactions.updateValue(reaction, forKey: signal) != nil {
                context.report(.duplicateKey, at: entry.key.span, entry.path, "\(signal) is there twice")
            }
        }
        return reactions
    }

    private func reaction(_ node: YAMLNode, at path: ConfigPath) -> SimulatedProcess.Reaction? {
        typealias Reaction = Keys.Scenario.Reaction
        if case .scalar = node {
            return context.choice(node, path, among: Reaction.words, what: "reaction").map {
                $0 == "denied" ? .denied : .ignores
            }
        }
        guard let reader = MappingReader(node, as: Reaction.declaration, at: path, in: context) else { return nil }
        return .ends(after: reader.duration(Reaction.endsAfter) ?? Reaction.endsAfter.defaultValue, end(reader))
    }

    // MARK: Endpoints

    func endpoint(_ node: YAMLNode, at path: ConfigPath) -> SimulatedEndpoint? {
        typealias Endpoint = Keys.Scenario.Endpoint
        guard let reader = MappingReader(node, as: Endpoint.declaration, at: path, in: context) else { return nil }
        let method = reader.field(Endpoint.method).flatMap { context.method($0.node, $0.path) }
        let answers = reader.list(Endpoint.answers)?.compactMap { answer($0.node, at: $0.path) }
        let servedBy = reader.field(Endpoint.servedBy).flatMap { processName($0.node, $0.path) }
        let stops = reader.list(Endpoint.stops)?.compactMap { stop($0.node, at: $0.path) } ?? []
        guard let url = reader.field(Endpoint.url).flatMap(url) else { return nil }
        return SimulatedEndpoint(
            url: url, method: method,
            answers: answers.flatMap { $0.isEmpty ? nil : $0 } ?? Endpoint.answers.defaultValue,
            servedBy: servedBy, stops: stops)
    }

    /// A URL with the scenario's variables in it replaced.
    func url(_ field: MappingReader.Field) -> HTTPURL? {
        guard let scalar = context.string(field.node, field.path, "a URL"),
            let text = expanded(scalar, field.path)
        else { return nil }
        do throws(URLFault) {
            return try HTTPURL(parsing: text)
        } catch {
            if scalar.text.contains("@") { context.diagnostics.hide(scalar.span) }
            context.report(.invalidURL, at: scalar.span, field.path, "cannot use the URL: \(error.reason)")
            return nil
        }
    }

    private func answer(_ node: YAMLNode, at path: ConfigPath) -> SimulatedAnswer? {
        typealias Answer = Keys.Scenario.Answer
        guard case .mapping = node else { return answerKind(node, at: path).map { SimulatedAnswer($0) } }
        guard let reader = MappingReader(node, as: Answer.declaration, at: path, in: context) else { return nil }
        let after = reader.duration(Answer.after) ?? Answer.after.defaultValue
        return reader.field(Answer.status).flatMap { answerKind($0.node, at: $0.path) }
            .map { SimulatedAnswer($0, after: after) }
    }

    private func answerKind(_ node: YAMLNode, at path: ConfigPath) -> SimulatedAnswer.Kind? {
        if case .scalar(let scalar) = node, case .integer = scalar.kind {
            return context.integer(node, path, in: 100...599).map { .status($0) }
        }
        switch context.choice(node, path, among: SimulatedAnswer.Kind.words, what: "answer") {
        case "refused": return .refused
        case "dropped": return .dropped
        case "timeout": return .timeout
        default: return nil
        }
    }

    private func stop(_ node: YAMLNode, at path: ConfigPath) -> SimulatedEndpoint.Stop? {
        typealias Stop = Keys.Scenario.Stop
        guard case .mapping = node else {
            return processName(node, path).map { SimulatedEndpoint.Stop(process: $0, after: .zero) }
        }
        guard let reader = MappingReader(node, as: Stop.declaration, at: path, in: context) else { return nil }
        let after = reader.duration(Stop.after) ?? Stop.after.defaultValue
        return reader.field(Stop.process).flatMap { processName($0.node, $0.path) }
            .map { SimulatedEndpoint.Stop(process: $0, after: after) }
    }

    // MARK: Files, programs, events

    func file(_ node: YAMLNode, at path: ConfigPath) -> SimulatedFile? {
        typealias File = Keys.Scenario.File
        guard let reader = MappingReader(node, as: File.declaration, at: path, in: context) else { return nil }
        let fails = reader.text(File.fails).map { SimulatedFile.Nature.untouchable($0.value) }
        let pidFile = reader.field(File.pidOf).flatMap { processName($0.node, $0.path) }
            .map { SimulatedFile.Nature.pidFile(of: $0) }
        guard let path = reader.absolutePath(File.path).flatMap(expandedPath), let nature = fails ?? pidFile else {
            return nil
        }
        return SimulatedFile(path: path, nature: nature)
    }

    func program(_ node: YAMLNode, at path: ConfigPath) -> SimulatedProgram? {
        typealias Program = Keys.Scenario.Program
        guard let reader = MappingReader(node, as: Program.declaration, at: path, in: context) else { return nil }
        let end = self.end(reader)
        let runsFor = reader.duration(Program.runsFor)
        let fails = reader.text(Program.fails)
        if let field = reader.field(Program.fails), end != nil || runsFor != nil {
            context.report(
                .conflictingKeys, at: field.keySpan, path,
                "a program that cannot be run neither runs nor ends; remove fails, or the other keys")
        }
        guard let command = nonEmptyText(reader, Program.command) else { return nil }
        let ends = SimulatedProgram.Result.ends(
            end ?? .exitCode(0), after: runsFor ?? Program.runsFor.defaultValue)
        return SimulatedProgram(command: command.value, result: fails.map { .fails($0.value) } ?? ends)
    }

    func event(_ node: YAMLNode, at path: ConfigPath) -> SimulatedEvent? {
        typealias Event = Keys.Scenario.Event
        guard let reader = MappingReader(node, as: Event.declaration, at: path, in: context) else { return nil }
        let names = reader.list(Event.to)?.compactMap { processName($0.node, $0.path) }
        if let field = reader.field(Event.to), !reader.contains(Event.signal) {
            context.report(
                .notApplicable, at: field.keySpan, path, "only a signal goes to processes; remove \"to\"")
        }
        let at = reader.duration(Event.at)
        let configuration = nonEmptyText(reader, Event.configuration)
        if let configuration { references.configurations.append(configuration) }
        let unreadable = reader.duration(Event.procUnreadable)
        guard
            let kind = signalled(reader, names) ?? configuration.map({ .configuration($0.value) })
                ?? unreadable.map({ .procUnreadable($0) })
        else { return nil }
        return at.map { SimulatedEvent(at: $0, kind: kind) }
    }

    private func signalled(_ reader: MappingReader, _ names: [String]?) -> SimulatedEvent.Kind? {
        guard let field = reader.field(Keys.Scenario.Event.signal),
            let signal = context.signal(field.node, field.path)
        else { return nil }
        if let names { return .signalProcesses(signal, names) }
        guard [1, 2, 15].contains(signal.number) else {
            context.report(
                .unknownValue, at: field.node.span, field.path,
                "Knell takes SIGTERM, SIGINT and SIGHUP, not \(signal); or say which processes get it, with to: [NAME]")
            return nil
        }
        return .signal(signal)
    }

    // MARK: Parts

    /// The name of a process of the scenario; whether there is one shows once all are read.
    func processName(_ node: YAMLNode, _ path: ConfigPath) -> String? {
        guard let name = context.text(node, path, maxBytes: 255) else { return nil }
        references.names.append(name)
        return name.value
    }

    func nonEmptyText(_ reader: MappingReader, _ key: Key<some Sendable>) -> Located<String>? {
        guard let text = reader.text(key) else { return nil }
        guard text.value.isEmpty else { return text }
        context.report(
            .outOfRange, at: text.span, text.path, "the text is empty; write it, such as \(key.declaration.example)")
        return nil
    }

    /// A path with the scenario's variables in it replaced.
    func expandedPath(_ path: Located<String>) -> String? {
        let (text, undefined) = Template.expand(path.value) { variables[$0] }
        reportUndefined(undefined, at: path.span, path.path)
        return undefined.isEmpty ? text : nil
    }

    private func expanded(_ scalar: YAMLScalar, _ path: ConfigPath) -> String? {
        let (text, undefined) = Template.expand(scalar.text) { variables[$0] }
        reportUndefined(undefined, at: scalar.span, path)
        return undefined.isEmpty ? text : nil
    }

    private func reportUndefined(_ names: [String], at span: SourceSpan, _ path: ConfigPath) {
        for name in names {
            context.report(
                .undefinedVariable, at: span, path,
                "the variable \"\(name.prefix(64))\" is not defined; list it below variables")
        }
    }
}
