import ConfigModel
import EngineWalks
import SupervisorCore
import TestSupport

/// A state of a rule, reached by a conversation about two rules: `r`, and `other`, which waits for ever and so keeps the
/// run going.
enum Situation: CaseIterable {
    case waiting, watching, grace, attempting, cancelling, backingOff, sleeping, awaitingGone, finished

    /// The one action of the rule.
    var action: String {
        switch self {
        case .sleeping: "sleep: 3s"
        case .awaitingGone: "{signal: {process: {name: p}}, thenGone: {within: 9s}}"
        case .finished, .waiting, .watching, .grace, .attempting, .cancelling, .backingOff:
            "{http: {url: 'http://h/'}, timeout: 4s, retry: {attempts: 2, delay: 3s, maxDelay: 3s}}"
        }
    }

    var gracePeriod: String { self == .grace ? "5s" : "0s" }

    /// A conversation that has led there; `document` adds top-level keys to its configuration.
    func reached(document: String = "") throws -> Dialogue {
        var dialogue = try Dialogue(
            """
            version: 1
            \(document)
            rules:
              - name: r
                watch: {processes: [{name: a}]}
                gracePeriod: \(gracePeriod)
                actions: [\(action)]
              - {name: other, watch: {processes: [{name: b}]}}
            """)
        try dialogue.tell(.started)
        if self != .waiting {
            try dialogue.tell(.saw([0: [7]]))
            if self != .watching { try end(of: 7, in: &dialogue) }
        }
        // A scan is always under way, on behalf of `other` at least, so that its answer fits every state.
        while dialogue.shell.pendingScan == nil { try dialogue.reachDeadline() }
        return dialogue
    }

    private func end(of pid: Int32, in dialogue: inout Dialogue) throws {
        try dialogue.tell(.exited(pid), after: .milliseconds(100))
        try dialogue.tell(.sawNothing)
        switch self {
        case .waiting, .watching, .grace, .attempting, .sleeping: break
        case .awaitingGone: try dialogue.tell(.attempt(1, .signalled(count: 1)))
        case .finished: try dialogue.tell(.attempt(1, .answered(status: 200)))
        case .backingOff: try dialogue.tell(.attempt(1, .refused))
        case .cancelling:
            while dialogue.shell.attempts.values.allSatisfy({ $0.cancelledAt == nil }) {
                try dialogue.reachDeadline()
                if dialogue.shell.pendingScan != nil { try dialogue.tell(.sawNothing) }
            }
        }
    }
}

/// An event, told in a way that fits every state.
enum Stimulus: CaseIterable {
    /// A scan that finds process 8 for the rule, and none that does.
    case match, noMatch, scanFailure
    case exit, strangeExit
    /// The first attempt's end, and one that nobody knows.
    case success, failure, strangeResult
    case gone, strangeGone
    case terminate, interrupt
    /// `deadlineReached` before anything is due, and when the next thing is.
    case early, deadline

    var event: Event {
        switch self {
        case .match: .saw([0: [8]])
        case .noMatch: .sawNothing
        case .scanFailure: .scanFailed(reason: "EMFILE")
        case .exit: .exited(7, .exited(3))
        case .strangeExit: .exited(99)
        case .success: .attempt(1, .answered(status: 200))
        case .failure: .attempt(1, .answered(status: 503))
        case .strangeResult: .attempt(99, .done)
        case .gone: .processesGone(ActionID(rule: RuleID(0), index: 0))
        case .strangeGone: .processesGone(ActionID(rule: RuleID(0), index: 5))
        case .terminate: .stopRequested(.terminate)
        case .interrupt: .stopRequested(.interrupt)
        case .early, .deadline: .deadlineReached
        }
    }
}
