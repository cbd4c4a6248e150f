package import ConfigModel
internal import SupervisorCore

extension Shortfall {
    /// The reason in words, and what to write instead where something would help. It quotes the name and the path of the
    /// process, so it is to be made printable; never its command line.
    package func text(for finding: ProcessCensus.Finding, of selector: ProcessSelector) -> String {
        switch self {
        case .otherUser(let actual?): "user is \(actual), not \(selector.userID.map { "\($0)" } ?? "any")"
        case .otherUser(nil): "its user cannot be read"
        case .notPermitted(let condition): "its \(condition.rawValue) may not be read"
        case .letterCase(let condition): "\(condition.rawValue) differs by case only; set ignoreCase: true"
        case .anchored(let condition): "only \"^\" or \"$\" keeps \(condition.rawValue) from matching"
        case .cutName:
            "the pattern matches \"\(finding.cutName)\", as the kernel cuts the name, but not the whole name"
        case .uncompletedName:
            "the kernel cut the name at 15 bytes, and neither argv[0] nor the executable tells the rest"
        case .foundElsewhere(let condition, let other):
            "\(condition.rawValue) does not match, but \(other.rawValue) would; use \(other.rawValue)"
        case .differs(.executable): finding.executable.map { "executable is \($0)" } ?? "it has no executable"
        case .differs(let condition): "\(condition.rawValue) does not match"
        }
    }
}

extension ProcessCensus.Finding {
    /// Why the process is no match, in words; empty for a match.
    package func reasons(for selector: ProcessSelector) -> [String] {
        switch standing {
        case .match, .unrelated: []
        case .excluded(let exclusion): [exclusion.text]
        case .nearMiss(let shortfalls): shortfalls.map { $0.text(for: self, of: selector) }
        }
    }
}
