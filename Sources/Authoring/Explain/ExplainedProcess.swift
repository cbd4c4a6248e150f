internal import ConfigModel

/// A selector with what was written of it.
struct ExplainedSelector: Sendable {
    /// Keys and patterns as written, in the order of the reference.
    let conditions: [(key: String, text: String)]
    /// As written; `nil` where the user does not matter.
    let user: SelectorConfiguration.User?
    let ignoreCase: Stated<Bool>

    init(_ written: SelectorConfiguration) {
        let patterns = [
            ("name", written.name), ("commandLine", written.commandLine), ("executable", written.executable),
        ]
        conditions = patterns.compactMap { key, pattern in pattern.map { (key, $0.text) } }
        user = written.user?.value
        ignoreCase = Stated(written.ignoreCase ?? false, written: written.ignoreCase)
    }

    /// A selector of a preset: by name alone.
    init(name: String) {
        conditions = [("name", name)]
        user = nil
        ignoreCase = Stated(false, written: nil)
    }

    /// In words, such as `name matches ^report$ and user is 50000`.
    var phrase: Prose {
        var parts: [Prose] = conditions.map { key, text in
            let subject: Prose =
                switch key {
                case "commandLine": "command line"
                case "executable": "executable's path"
                default: "name"
                }
            return .of(subject, "matches", .verbatim(YAMLText.scalar(text)))
        }
        switch user {
        case .id(let id): parts.append(Prose("user is \(id)"))
        case .name(let name): parts.append(.of("user is", .verbatim(name)))
        case nil: break
        }
        let all = Prose.list(parts, separator: "and")
        return ignoreCase.value ? .of(all, ", in upper or lower case") : all
    }

    /// On one line, for diagrams.
    var line: String {
        let user: String? =
            switch user {
            case .id(let id): "user: \(id)"
            case .name(let name): "user: \(name)"
            case nil: nil
            }
        return (conditions.map { "\($0.key): \($0.text)" } + [user].compactMap(\.self)).joined(separator: ", ")
    }
}

/// The processes that an action speaks of.
enum ExplainedReference: Sendable {
    case matching(ExplainedSelector)
    case pid(Int32)
    case pidFile(String)

    init(_ written: ProcessReferenceConfiguration) {
        switch written {
        case .matching(let selector): self = .matching(ExplainedSelector(selector))
        case .pid(let pid): self = .pid(pid)
        case .pidFile(let path): self = .pidFile(path)
        }
    }

    var phrase: Prose {
        switch self {
        case .matching(let selector): .of("every process whose", selector.phrase)
        case .pid(let pid): Prose("process \(pid)")
        case .pidFile(let path): .of("the process whose pid stands in", .verbatim(path))
        }
    }

    /// On one line, for diagrams.
    var line: String {
        switch self {
        case .matching(let selector): selector.line
        case .pid(let pid): "pid: \(pid)"
        case .pidFile(let path): "pidFile: \(path)"
        }
    }
}
