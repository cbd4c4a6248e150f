internal import ConfigModel
package import Presentation
internal import Reporting
internal import SupervisorCore

extension JSONObject {
    /// A simulation as one object, for scripts: timeline, verdict, what was done, and the expectations.
    package init(simulation result: SimulationResult, _ judgements: [Judgement]) {
        self.init()
        // What was given up shows nothing, whatever held until then.
        var isGivenUp = false
        if case .overload = result.ending { isGivenUp = true }
        add("holds", JSONValue.boolean(!isGivenUp && judgements.allSatisfy(\.holds)))
        add("ending", result.ending.name)
        add("endedAtMs", result.endedAt.wholeMilliseconds)
        if case .overload(let reason) = result.ending { add("error", reason) }
        if let verdict = result.verdict {
            var object = JSONObject()
            object.add("exitCode", verdict.exitCode)
            object.add("reason", verdict.reason.text)
            object.add("rules", verdict.rules.map { $0.json() })
            add("verdict", object)
        } else {
            add("verdict", JSONValue.null)
            add("open", result.open)
        }
        add("expectations", judgements.map(Self.object))
        add(
            "timeline",
            result.timeline.map { entry in
                var object = JSONObject()
                object.add("atMs", entry.at.wholeMilliseconds)
                object.add(entry.record)
                return object
            })
        addDeeds(of: result)
    }

    private mutating func addDeeds(of result: SimulationResult) {
        add(
            "requests",
            result.requests.map { request in
                var object = JSONObject()
                object.add("atMs", request.at.wholeMilliseconds)
                object.add("method", request.method)
                object.add("url", String(request.url.text.prefix { $0 != "?" }))
                object.add("answer", request.answer.text)
                return object
            })
        add("touched", result.touches)
        add(
            "signals",
            result.signals.map { signalled in
                var object = JSONObject()
                object.add("atMs", signalled.at.wholeMilliseconds)
                object.add("process", signalled.process)
                object.add("pid", signalled.pid)
                object.add("signal", signalled.signal.description)
                return object
            })
        add("programs", result.programs)
    }

    private static func object(_ judgement: Judgement) -> JSONObject {
        var object = JSONObject()
        object.add("path", judgement.expectation.path.description)
        object.add("line", judgement.expectation.span.start.line)
        object.add("column", judgement.expectation.span.start.column)
        object.add("expected", judgement.expectation.value.description)
        object.add("holds", JSONValue.boolean(judgement.holds))
        object.add("found", judgement.found)
        return object
    }
}

extension SimulationResult.Ending {
    /// The stable name of the ending, for scripts.
    var name: String {
        switch self {
        case .exit: "exit"
        case .standstill: "standstill"
        case .timeLimit: "timeLimit"
        case .overload: "overload"
        }
    }
}
