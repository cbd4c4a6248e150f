internal import ConfigModel
internal import SupervisorCore

/// What a selector sees of a simulated process: as /proc would show it.
struct SimulatedFacts: ProcessFacts, Hashable {
    private let fullName: [UInt8]
    private let arguments: [UInt8]
    private let path: [UInt8]?
    private let user: UInt32

    init(_ process: SimulatedProcess) {
        let line = process.commandLine ?? process.name
        let first = line.prefix { $0 != " " }
        let path = process.executable ?? (first.hasPrefix("/") ? String(first) : nil)
        arguments = Array(line.utf8)
        self.path = path.map { Array($0.utf8) }
        user = process.userID
        let comm = Array(process.name.utf8.prefix(ProcessName.cutLength))
        guard comm.count == ProcessName.cutLength else {
            fullName = comm
            return
        }
        // Without a command line of its own the whole name is the first argument; otherwise blanks part the arguments.
        let separated =
            process.commandLine == nil ? arguments + [0] : arguments.map { $0 == UInt8(ascii: " ") ? 0 : $0 } + [0]
        fullName =
            ProcessName.completed(comm, fromArguments: separated)
            ?? self.path.flatMap { ProcessName.completed(comm, fromExecutable: $0) } ?? comm
    }

    /// The bytes that patterns may be tried against.
    var size: Int { fullName.count + arguments.count + (path?.count ?? 0) }

    /// The name as text, for the log.
    var nameText: String { String(decoding: fullName, as: UTF8.self) }

    func name() throws(FactError) -> [UInt8] { fullName }

    func commandLine() throws(FactError) -> [UInt8] { arguments }

    func executable() throws(FactError) -> [UInt8] {
        guard let path else { throw .gone }
        return path
    }

    func userID() throws(FactError) -> UInt32 { user }
}

/// Tells which processes of a scenario a selector matches; each question is answered once, within a budget.
struct ProcessMatcher {
    private let facts: [SimulatedFacts]
    /// Those that differ, each with the processes that look so.
    private let groups: [(facts: SimulatedFacts, processes: [Int])]
    /// What one selector costs: the bytes that its patterns may be tried against.
    private let size: Int
    private var known: [ProcessSelector: [Int]] = [:]
    /// How many bytes may still be compared.
    private var budget: Int
    /// The budget was too small, so that answers are missing.
    private(set) var isExhausted = false

    init(_ processes: [SimulatedProcess], budget: Int) {
        let facts = processes.map(SimulatedFacts.init)
        let groups = Dictionary(grouping: facts.indices) { facts[$0] }
        self.facts = facts
        self.groups = groups.map { (facts: $0.key, processes: $0.value) }
        self.budget = budget
        size = groups.keys.reduce(0) { $0 + $1.size }
    }

    func name(of process: Int) -> String { facts[process].nameText }

    /// The indices of the processes that match, whether they live or not.
    mutating func matches(_ selector: ProcessSelector) -> [Int] {
        if let matches = known[selector] { return matches }
        guard size <= budget, !isExhausted else {
            isExhausted = true
            return []
        }
        budget -= size
        // Processes that look the same are tried once, however many there are.
        let matches = groups.filter { Self.verdict(of: selector, on: $0.facts) == .match }.flatMap(\.processes).sorted()
        known[selector] = matches
        return matches
    }

    private static func verdict(of selector: ProcessSelector, on facts: SimulatedFacts) -> SelectorVerdict {
        var facts = facts
        return selector.verdict(on: &facts)
    }

    /// Processes that miss a match by a later condition than the first that was tried, each with that condition; none once
    /// the budget is used up.
    mutating func nearMisses(of selector: ProcessSelector) -> [(name: String, condition: String)] {
        guard size <= budget else { return [] }
        budget -= size
        let first: SelectorVerdict.Condition =
            if selector.name != nil {
                .name
            } else if selector.userID != nil {
                .user
            } else if selector.commandLine != nil {
                .commandLine
            } else {
                .executable
            }
        var told: Set<SimulatedFacts> = []
        return facts.indices.compactMap { index in
            guard told.insert(facts[index]).inserted else { return nil }
            switch Self.verdict(of: selector, on: facts[index]) {
            case .mismatch(let condition) where condition != first:
                return (facts[index].nameText, condition.rawValue)
            case .gone: return (facts[index].nameText, SelectorVerdict.Condition.executable.rawValue)
            case .match, .mismatch, .notPermitted: return nil
            }
        }
    }
}
