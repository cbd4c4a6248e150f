import SupervisorCore

extension SeededGenerator {
    /// True with this chance, in percent.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// One of these.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }

    /// A duration up to `longest` milliseconds; short ones, and none at all, come often.
    mutating func pause(upTo longest: Int) -> Duration {
        switch Int.random(in: 0..<3, using: &self) {
        case 0: .zero
        case 1: .milliseconds(Int.random(in: 0...max(1, longest / 20), using: &self))
        default: .milliseconds(Int.random(in: 0...longest, using: &self))
        }
    }
}

/// A configuration made by chance, of everything that the engine knows.
struct RandomPlan {
    /// The names of processes that its selectors look for.
    static let kinds = ["a", "b", "c"]

    private let head: String
    private let rules: [String]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        head = """
            version: 1
            onTerminate: \(random.pick(["drain", "drain", "run", "exit"]))
            terminationTimeout: \(random.pick(["0s", "1s", "5s"]))
            rules:

            """
        rules = (0..<random.pick([1, 1, 2, 3])).map { Self.rule($0, using: &random) }
    }

    var yaml: String { head + rules.joined() }

    /// The configuration in every order of its rules.
    var orders: [String] {
        switch rules.count {
        case 1: [yaml]
        case 2: [yaml, head + rules.reversed().joined()]
        default: [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]].map { head + $0.map { rules[$0] }.joined() }
        }
    }

    private static func rule(_ index: Int, using random: inout SeededGenerator) -> String {
        let targets = (0..<random.pick([1, 2, 3])).map { _ in "{name: \(random.pick(kinds))}" }
        var watch = "processes: [\(targets.joined(separator: ", "))]"
        watch += ", until: \(random.pick(["allEnded", "allEnded", "anyEnded"]))"
        if random.chance(50) {
            watch += ", startTimeout: \(random.pick(["1ms", "300ms", "2s", "10s"]))"
            watch += ", onStartTimeout: \(random.pick(["run", "skip"]))"
        }
        let actions = (0..<random.pick([0, 1, 2, 3])).map { _ in action(using: &random) }
        let unknown = random.chance(50) ? ", unknown: 15" : ""
        let ended = random.pick(["fromTarget", "0", "11"])
        let code = "{ended: \(ended), actionFailed: 12, notStarted: 13, terminated: 14\(unknown)}"
        let end = random.pick(["", "", "", "final: true", "repeat: true"])
        return """
              - name: r\(index)
                watch: {\(watch)}
                gracePeriod: \(random.pick(["0s", "0s", "700ms", "3s"]))
                exitCode: \(code)
                actions: [\(actions.joined(separator: ", "))]
                \(end)

            """
    }

    private static func action(using random: inout SeededGenerator) -> String {
        var keys =
            switch random.pick(["http", "http", "touch", "exec", "signal", "sleep"]) {
            case "http":
                "http: {url: 'http://h/', whenRefused: \(random.pick(["fail", "succeed"])), "
                    + "whenDropped: \(random.pick(["fail", "succeed"]))}"
            case "touch": "touch: /a"
            case "exec": "exec: {command: [/a]}"
            case "signal": "signal: {process: {name: p}}"
            default: "sleep: \(random.pick(["0s", "1s"]))"
            }
        if !keys.hasPrefix("sleep") {
            keys += ", timeout: \(random.pick(["1ms", "2s"]))"
            if random.chance(60) {
                keys += ", retry: {attempts: \(random.pick([1, 2, 3])), delay: 200ms, maxDelay: 1s}"
            }
        }
        if keys.hasPrefix("signal"), random.chance(60) { keys += ", thenGone: {within: 1s}" }
        if random.chance(30) {
            keys += ", when: [\(random.pick(["succeeded", "failed", "notStarted, unknown", "terminated"]))]"
        }
        if random.chance(50) { keys += ", onFailure: \(random.pick(["stop", "ignore"]))" }
        return "{\(keys)}"
    }
}
