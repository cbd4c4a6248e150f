internal import ConfigModel
package import Presentation
package import SupervisorCore

extension Verdict.RuleVerdict {
    /// The entry of one rule, as docs/exit-codes.md has it.
    package func json(withReasons: Bool = true) -> JSONObject {
        var object = JSONObject()
        object.add("rule", name)
        object.add("state", state.rawValue)
        object.add("outcome", outcome?.name)
        object.add("exitCode", exitCode)
        if !failures.isEmpty {
            object.add(
                "failed",
                failures.map { failure in
                    var entry = JSONObject()
                    entry.add("action", failure.action)
                    if withReasons { entry.add("error", failure.reason) }
                    return entry
                })
        }
        if !notDone.isEmpty { object.add("notDone", notDone) }
        return object
    }
}
