internal import ConfigModel
internal import SupervisorCore

// What the documentation says in tables and names, said once more, so that the engine's own tables are held against it.

extension RuleAccount {
    /// The outcomes of several targets, the one first that outweighs all behind it.
    private static let weightiestFirst: [Outcome] = [.terminated, .notStarted, .failed, .unknown, .succeeded]

    /// The outcome of the targets together.
    var targetsOutcome: Outcome {
        let outcomes = Set(counted.map(\.outcome))
        return Self.weightiestFirst.first { outcomes.contains($0) } ?? .succeeded
    }

    /// What an action of the rule is called: its place and its kind, such as `2/http`. No walk has presets.
    func label(_ place: Int) -> String {
        let kind =
            switch rule.actions[place].kind {
            case .http: "http"
            case .signal: "signal"
            case .touch: "touch"
            case .exec: "exec"
            case .sleep: "sleep"
            }
        return "\(place)/\(kind)"
    }

    /// The labels of the actions that have not come to an end.
    var notDone: [String] { state == .finished ? [] : rule.actions.indices.dropFirst(action).map(label) }
}
