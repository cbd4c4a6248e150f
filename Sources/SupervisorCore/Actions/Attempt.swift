package import ConfigModel

/// One step of one rule.
package struct ActionID: Hashable, Sendable {
    package let rule: RuleID
    /// The index in the rule's actions.
    package let index: Int

    package init(rule: RuleID, index: Int) {
        self.rule = rule
        self.index = index
    }
}

/// One try of a step: the unit that the shell starts, may be told to cancel, and reports on once.
package struct AttemptID: Hashable, Sendable {
    package let action: ActionID
    /// Counted through the life of the engine, so that no two attempts share it, repeats of a rule included.
    package let serial: Int

    package init(action: ActionID, serial: Int) {
        self.action = action
        self.serial = serial
    }
}

/// What the shell saw of an attempt. It states facts; whether they mean success is the engine's to say.
package enum AttemptResult: Hashable, Sendable {
    /// The step did what it does (touch, exec with status 0).
    case done
    /// The peer answered with this status.
    case answered(status: Int)
    /// The connection was refused, or the socket's path does not exist.
    case refused
    /// The peer closed the connection before it answered.
    case dropped
    /// It was cancelled, or its own bound passed.
    case timedOut
    /// The program ended with a status other than 0.
    case exited(ExitStatus)
    /// The signal reached this many processes; 0 when none was there.
    case signalled(count: Int)
    /// Nothing was done, for a dry run; in words what would have been.
    case simulated(String)
    /// It cannot be done; trying again is only worth while where `isTransient`.
    case failed(reason: String, isTransient: Bool)
}

extension Action {
    /// What an attempt's result means for the step.
    package enum Judgement: Hashable, Sendable {
        case succeeded(note: String?)
        case failed(reason: String, isTransient: Bool)
    }

    /// Judges a result by this step's expectations.
    ///
    /// 5xx, 408, 429, refused, dropped and timed-out attempts are transient, other unexpected statuses are not.
    /// `whenRefused: succeed` speaks for the last attempt only, hence `isLastAttempt`: a proxy that is still
    /// starting refuses too.
    package func judge(_ result: AttemptResult, isLastAttempt: Bool) -> Judgement {
        switch result {
        case .done: return .succeeded(note: nil)
        case .simulated(let deed): return .succeeded(note: "would \(deed)")
        case .signalled(let count): return .succeeded(note: count == 0 ? "nothing to signal" : nil)
        case .timedOut:
            return .failed(reason: "timed out after \(timeout.configText)", isTransient: true)
        case .exited(let status): return .failed(reason: "the program \(status.phrase)", isTransient: true)
        case .failed(let reason, let isTransient):
            // Only requests are tried again unasked; whoever gives another step a `retry` means every failure.
            return .failed(reason: reason, isTransient: isTransient || httpRequest == nil)
        case .answered(let status): return judge(status: status)
        case .refused:
            if let request = httpRequest, request.whenRefused == .succeed, isLastAttempt {
                return .succeeded(note: "refused: nothing is there to stop")
            }
            return .failed(reason: "the connection was refused", isTransient: true)
        case .dropped:
            if let request = httpRequest, request.whenDropped == .succeed {
                return .succeeded(note: "the peer closed the connection without an answer")
            }
            return .failed(reason: "the peer closed the connection before it answered", isTransient: true)
        }
    }

    private var httpRequest: HTTPRequest? {
        if case .http(let request) = kind { request } else { nil }
    }

    private func judge(status: Int) -> Judgement {
        guard let request = httpRequest else { return .failed(reason: "answered \(status)", isTransient: false) }
        if request.expectedStatus.contains(where: { $0.codes.contains(status) }) { return .succeeded(note: nil) }
        let advice = request.hints.first { $0.status == status }.map { ": \($0.advice)" } ?? ""
        return .failed(
            reason: "answered \(status), which is not expected\(advice)",
            isTransient: status >= 500 || status == 408 || status == 429)
    }
}

extension ExitStatus {
    /// The status in words, such as `exited with code 3`.
    package var phrase: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signalled(let signal): "was killed by \(Signal(number: signal))"
        case .unknown: "ended with an unknown status"
        }
    }
}
