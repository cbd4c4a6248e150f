internal import ConfigModel
internal import LinuxProcesses
package import Presentation
internal import SupervisorCore

extension MatchReport {
    /// The report for programs; docs/match.md lists the keys.
    package func json(showsCommandLines: Bool = false) -> JSONValue {
        var object = JSONObject()
        object.add("everyTargetMatches", .boolean(targetCounts.unmatched == 0))
        object.add("selectors", entries.map { json($0, showsCommandLines) })
        object.add("warnings", warnings)
        return .object(object)
    }

    private func json(_ entry: Entry, _ showsCommandLines: Bool) -> JSONObject {
        var object = JSONObject()
        object.add("rule", entry.subject.rule)
        switch entry.subject.use {
        case .target(let index): object.add("target", index)
        case .signal(let label):
            object.add("action", label)
            object.add("use", "signal")
        case .thenGone(let label):
            object.add("action", label)
            object.add("use", "thenGone")
        }
        object.add("selector", entry.subject.selector.json)
        object.add("matches", entry.result.matches.map { json($0, showsCommandLines) })
        object.add(
            "nearMisses",
            entry.result.nearMisses.map { finding in
                var miss = json(finding, showsCommandLines)
                miss.add("reasons", reasons(for: finding, of: entry.subject.selector))
                return miss
            })
        return object
    }

    private func json(_ finding: ProcessCensus.Finding, _ showsCommandLines: Bool) -> JSONObject {
        var object = JSONObject()
        object.add("pid", finding.process.pid)
        object.add("name", finding.name)
        object.add("uid", finding.userID)
        object.add("parentPid", finding.parentPID)
        object.add("startTicks", finding.process.startTicks)
        object.add(
            "started",
            clock.startTime(of: finding.process).map {
                Timestamp.text(seconds: $0 / 1_000, milliseconds: $0 % 1_000)
            })
        object.add("ageMs", clock.age(of: finding.process))
        if showsCommandLines { object.add("commandLine", finding.commandLine?.printable) }
        return object
    }

    private func reasons(for finding: ProcessCensus.Finding, of selector: ProcessSelector) -> [JSONObject] {
        func reason(_ code: String, _ condition: String?, _ text: String) -> JSONObject {
            var object = JSONObject()
            object.add("code", code)
            object.add("condition", condition)
            object.add("text", text)
            return object
        }
        return switch finding.standing {
        case .match, .unrelated: []
        case .excluded(let exclusion): [reason(exclusion.rawValue, nil, exclusion.text)]
        case .nearMiss(let shortfalls):
            shortfalls.map { reason($0.code, $0.condition.rawValue, $0.text(for: finding, of: selector)) }
        }
    }
}

extension ProcessSelector {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.add("name", name?.text)
        object.add("commandLine", commandLine?.text)
        object.add("executable", executable?.text)
        object.add("user", userID)
        object.addFlag("ignoreCase", ignoresCase)
        return object
    }
}
