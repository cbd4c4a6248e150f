/// Decodes what a scenario expects.
struct ExpectationDecoder {
    /// The expectations, and the places of what the plan must have.
    struct Expected {
        var all: [Located<Expectation>] = []
        var events: [EventExpectation] = []
    }

    private typealias Expect = Keys.Scenario.Expect

    let context: DecodingContext
    let world: SimulatedWorldDecoder
    let eventNames: [String]

    func expectations(_ field: MappingReader.Field) -> Expected {
        var expected = Expected()
        guard let reader = MappingReader(field.node, as: Expect.declaration, at: field.path, in: context) else {
            return expected
        }
        // One key after the other as the file has them; the events of one list keep their order, wherever they stand.
        for name in reader.keysInOrder { decode(name, reader, &expected) }
        return expected
    }

    private func decode(_ name: String, _ reader: MappingReader, _ expected: inout Expected) {
        switch name {
        case Expect.events.name:
            for item in reader.list(Expect.events) ?? [] { event(item.node, at: item.path, { .event($0) }, &expected) }
        case Expect.never.name:
            for item in reader.list(Expect.never) ?? [] { event(item.node, at: item.path, { .never($0) }, &expected) }
        case Expect.requests.name:
            for item in reader.list(Expect.requests) ?? [] { add(requests(item.node, at: item.path), &expected) }
        case Expect.touched.name:
            let paths = reader.list(Expect.touched)?.compactMap { item in
                context.absolutePath(item.node, item.path, hasVariables: true).flatMap(world.expandedPath)
            }
            add(reader.located(Expect.touched, paths.map { .touched($0) }), &expected)
        case Expect.signals.name:
            for item in reader.list(Expect.signals) ?? [] { add(signals(item.node, at: item.path), &expected) }
        case Expect.programs.name:
            for item in reader.list(Expect.programs) ?? [] { add(programs(item.node, at: item.path), &expected) }
        case Expect.finished.name:
            add(reader.located(Expect.finished, reader.boolean(Expect.finished).map { .finished($0) }), &expected)
        case Expect.finishesBy.name:
            add(
                reader.located(Expect.finishesBy, reader.duration(Expect.finishesBy).map { .finishesBy($0) }), &expected
            )
        case Expect.exitCode.name:
            add(reader.located(Expect.exitCode, reader.exitCode(Expect.exitCode).map { .exitCode($0) }), &expected)
        default: preconditionFailure("the key \(name) of expect is declared and not decoded")
        }
    }

    private func add(_ expectation: Located<Expectation>?, _ expected: inout Expected) {
        if let expectation { expected.all.append(expectation) }
    }

    private func event(
        _ node: YAMLNode, at path: ConfigPath, _ make: (ExpectedEvent) -> Expectation, _ expected: inout Expected
    ) {
        typealias Event = Keys.Scenario.ExpectedEvent
        guard let reader = MappingReader(node, as: Event.declaration, at: path, in: context) else { return }
        let rule = reader.field(Event.rule).flatMap { field in
            context.string(field.node, field.path, "a rule's name")
                .map { Located($0.text, span: $0.span, path: field.path) }
        }
        let target = reader.integer(Event.target)
        let action = reader.text(Event.action)
        let (after, before) = bounds(reader)
        let name = reader.field(Event.event).flatMap {
            context.choice($0.node, $0.path, among: eventNames, what: "event")
        }
        let outcome = reader.field(Event.outcome).flatMap {
            context.choice($0.node, $0.path, among: Outcome.allCases.map(\.name), what: "outcome")
        }
        let event = ExpectedEvent(
            event: name ?? "", rule: rule?.value, target: target?.value, name: reader.text(Event.name)?.value,
            action: action?.value, attempt: reader.integer(Event.attempt)?.value,
            status: reader.integer(Event.status)?.value, exitCode: reader.exitCode(Event.exitCode),
            signal: reader.field(Event.signal).flatMap { context.signal($0.node, $0.path) }?.description,
            outcome: outcome, after: after, before: before)
        expected.events.append(EventExpectation(rule: rule, target: target, action: action))
        if name != nil { add(Located(make(event), span: reader.span, path: path), &expected) }
    }

    /// The earliest and the latest time.
    private func bounds(_ reader: MappingReader) -> (Duration?, Duration?) {
        typealias Event = Keys.Scenario.ExpectedEvent
        let at = reader.duration(Event.at)
        let after = reader.duration(Event.after)
        let before = reader.duration(Event.before)
        if let field = reader.field(Event.at), reader.contains(Event.after) || reader.contains(Event.before) {
            context.report(
                .conflictingKeys, at: field.keySpan, reader.path,
                "\"at\" is the very time, so it cannot stand beside \"after\" and \"before\"")
        }
        if let after, let before, before < after, let field = reader.field(Event.before) {
            context.report(
                .outOfRange, at: field.node.span, field.path,
                "\(before.configText) is earlier than after: \(after.configText)")
        }
        return (at ?? after, at ?? before)
    }

    private func requests(_ node: YAMLNode, at path: ConfigPath) -> Located<Expectation>? {
        typealias Request = Keys.Scenario.ExpectedRequest
        guard let reader = MappingReader(node, as: Request.declaration, at: path, in: context) else { return nil }
        let method = reader.field(Request.method).flatMap { context.method($0.node, $0.path) }
        let count = reader.integer(Request.count)?.value ?? Request.count.defaultValue
        guard let url = reader.field(Request.url).flatMap(world.url) else { return nil }
        return Located(.requests(url, method: method, count: count), span: reader.span, path: path)
    }

    private func signals(_ node: YAMLNode, at path: ConfigPath) -> Located<Expectation>? {
        typealias Signalled = Keys.Scenario.ExpectedSignal
        guard let reader = MappingReader(node, as: Signalled.declaration, at: path, in: context) else { return nil }
        let signal = reader.field(Signalled.signal).flatMap { context.signal($0.node, $0.path) }
        let count = reader.integer(Signalled.count)?.value ?? Signalled.count.defaultValue
        guard let process = reader.field(Signalled.process).flatMap({ world.processName($0.node, $0.path) }) else {
            return nil
        }
        return Located(.signals(process: process, signal: signal, count: count), span: reader.span, path: path)
    }

    private func programs(_ node: YAMLNode, at path: ConfigPath) -> Located<Expectation>? {
        typealias Program = Keys.Scenario.ExpectedProgram
        guard let reader = MappingReader(node, as: Program.declaration, at: path, in: context) else { return nil }
        let count = reader.integer(Program.count)?.value ?? Program.count.defaultValue
        guard let command = world.nonEmptyText(reader, Program.command) else { return nil }
        return Located(.programs(command: command.value, count: count), span: reader.span, path: path)
    }
}

extension MappingReader {
    /// An expectation that is the value of a key, with the key's place.
    fileprivate func located(_ key: Key<some Sendable>, _ expectation: Expectation?) -> Located<Expectation>? {
        guard let field = field(key), let expectation else { return nil }
        return Located(expectation, span: field.keySpan, path: field.path)
    }
}
