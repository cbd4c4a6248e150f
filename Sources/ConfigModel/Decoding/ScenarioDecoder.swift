/// Turns a tree of nodes into a scenario, and reports everything that does not fit.
struct ScenarioDecoder {
    /// What the scenario speaks of without holding it.
    final class References {
        /// Names that must be those of listed processes.
        var names: [Located<String>] = []
        /// Other configurations.
        var configurations: [Located<String>] = []
    }

    private typealias Document = Keys.Scenario.Document

    let context: DecodingContext
    let eventNames: [String]
    let references = References()

    /// The scenario, as far as it could be read; complete only when no error was reported.
    func decode(_ root: YAMLNode) -> ScenarioDraft? {
        guard
            let reader = MappingReader(
                root, as: Document.declaration, at: .root, in: context, allowsExtensions: true)
        else { return nil }
        reader.checkVersion(Document.version)
        let variables = self.variables(reader)
        let users = self.users(reader)
        let world = SimulatedWorldDecoder(context: context, users: users, variables: variables, references: references)
        let processes = reader.list(Document.processes)?.compactMap { world.process($0.node, at: $0.path) } ?? []
        let endpoints = reader.list(Document.endpoints)?.compactMap { world.endpoint($0.node, at: $0.path) } ?? []
        let files = reader.list(Document.files)?.compactMap { world.file($0.node, at: $0.path) } ?? []
        let programs = reader.list(Document.programs)?.compactMap { world.program($0.node, at: $0.path) } ?? []
        let events = reader.list(Document.events)?.compactMap { world.event($0.node, at: $0.path) } ?? []
        let expectations = ExpectationDecoder(context: context, world: world, eventNames: eventNames)
        let expected = reader.field(Document.expect).map(expectations.expectations)
        reportUnknownProcesses(processes.map(\.value))
        reportDuplicatePIDs(processes)
        let scenario = Scenario(
            description: reader.text(Document.description)?.value,
            seed: reader.integer(Document.seed).map { UInt64($0.value) } ?? Document.seed.defaultValue,
            timeLimit: reader.duration(Document.timeLimit)
                ?? Self.lastTime(processes.map(\.value), events) + .seconds(86_400),
            processes: processes.map(\.value), endpoints: endpoints, files: files, programs: programs, events: events,
            configurations: references.distinctConfigurations, expectations: expected?.all ?? [])
        return ScenarioDraft(
            scenario: scenario, variables: variables, users: users, eventExpectations: expected?.events ?? [])
    }

    /// The last time that the scenario itself names.
    private static func lastTime(_ processes: [SimulatedProcess], _ events: [SimulatedEvent]) -> Duration {
        let ends = processes.map { process in
            process.lives.reduce(Duration.zero) { $0 + $1.startsAfter + ($1.runsFor ?? .zero) }
        }
        return (ends + events.map(\.at)).max() ?? .zero
    }

    private func variables(_ reader: MappingReader) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in reader.map(Document.variables) ?? [] {
            context.diagnostics.hide(entry.node)
            variables[entry.key.text] = context.text(entry.node, entry.path, maxBytes: 65_536)?.value
        }
        return variables
    }

    private func users(_ reader: MappingReader) -> [String: UInt32] {
        var users: [String: UInt32] = ["root": 0]
        for entry in reader.map(Document.users) ?? [] {
            if let id = context.integer(entry.node, entry.path, in: 0...Int(UInt32.max - 1)) {
                users[entry.key.text] = UInt32(id)
            }
        }
        return users
    }

    private func reportUnknownProcesses(_ processes: [SimulatedProcess]) {
        let names = Set(processes.map(\.name))
        for reference in references.names where !names.contains(reference.value) {
            let advice = Suggestion.phrase(for: reference.value, among: names.sorted())
            context.report(
                .unknownValue, at: reference.span, reference.path,
                "the scenario has no process \"\(reference.value.prefix(64))\"\(advice.isEmpty ? "; list it below processes" : advice)"
            )
        }
    }

    private func reportDuplicatePIDs(_ processes: [Located<SimulatedProcess>]) {
        var lines: [Int32: Int] = [:]
        for process in processes {
            guard let pid = process.value.pid else { continue }
            if let line = lines[pid] {
                context.report(
                    .duplicateName, at: process.span, process.path,
                    "the process in line \(line) has the pid \(pid) too; pids are unique")
            } else {
                lines[pid] = process.span.start.line
            }
        }
        for process in processes {
            guard case .pid(let parent)? = process.value.parent, lines[parent] == nil else { continue }
            context.report(
                .unknownValue, at: process.span, process.path,
                "the scenario has no process with the pid \(parent), which is to be the parent")
        }
    }
}

extension ScenarioDecoder.References {
    /// Every configuration once.
    fileprivate var distinctConfigurations: [Located<String>] {
        var seen: Set<String> = []
        return configurations.filter { seen.insert($0.value).inserted }
    }
}
