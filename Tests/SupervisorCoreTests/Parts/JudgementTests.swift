import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// What the end of an attempt means.
struct JudgementTests {
    /// A judgement without its wording.
    enum Expected: Hashable {
        case success, transient, permanent
    }

    private static func judge(_ action: String, _ result: AttemptResult, isLast: Bool) throws -> Action.Judgement {
        let plan = try Plan.parsing(
            "version: 1\nrules: [{name: r, watch: {processes: [{name: a}]}, actions: [\(action)]}]")
        let step = try #require(plan.rules.first?.actions.first)
        return step.judge(result, isLastAttempt: isLast)
    }

    private static func kind(_ judgement: Action.Judgement) -> Expected {
        switch judgement {
        case .succeeded: .success
        case .failed(_, isTransient: true): .transient
        case .failed(_, isTransient: false): .permanent
        }
    }

    private static let actions: [String: String] = [
        "plain": "{http: {url: 'http://h/'}}",
        "refused": "{http: {url: 'http://h/', whenRefused: succeed}}",
        "dropped": "{http: {url: 'http://h/', whenDropped: succeed}}",
        "accepting": "{http: {url: 'http://h/', expectStatus: [404, 5xx]}}",
        "signal": "{signal: {process: {pid: 17}}}",
        "touch": "{touch: /a}",
        "exec": "{exec: {command: [/a]}}",
    ]

    @Test(
        arguments: [
            // The expected statuses and those that may be better next time.
            ("plain", .answered(status: 200), .success, .success),
            ("plain", .answered(status: 299), .success, .success),
            ("plain", .answered(status: 199), .permanent, .permanent),
            ("plain", .answered(status: 300), .permanent, .permanent),
            ("plain", .answered(status: 403), .permanent, .permanent),
            ("plain", .answered(status: 404), .permanent, .permanent),
            ("plain", .answered(status: 408), .transient, .transient),
            ("plain", .answered(status: 429), .transient, .transient),
            ("plain", .answered(status: 499), .permanent, .permanent),
            ("plain", .answered(status: 500), .transient, .transient),
            ("plain", .answered(status: 599), .transient, .transient),
            ("accepting", .answered(status: 404), .success, .success),
            ("accepting", .answered(status: 503), .success, .success),
            ("accepting", .answered(status: 200), .permanent, .permanent),
            // No answer.
            ("plain", .refused, .transient, .transient), ("plain", .dropped, .transient, .transient),
            ("plain", .timedOut, .transient, .transient),
            ("refused", .refused, .transient, .success), ("refused", .dropped, .transient, .transient),
            ("refused", .timedOut, .transient, .transient),
            ("dropped", .dropped, .success, .success), ("dropped", .refused, .transient, .transient),
            ("dropped", .timedOut, .transient, .transient),
            // What --dry-run tells.
            ("plain", .done, .success, .success),
            ("signal", .signalled(count: 0), .success, .success), ("signal", .signalled(count: 3), .success, .success),
            ("signal", .done, .success, .success), ("signal", .timedOut, .transient, .transient),
            ("touch", .done, .success, .success), ("touch", .timedOut, .transient, .transient),
            ("exec", .done, .success, .success), ("exec", .exited(.exited(1)), .transient, .transient),
            ("exec", .exited(.signalled(9)), .transient, .transient),
            ("exec", .exited(.unknown), .transient, .transient),
            ("plain", .failed(reason: "x", isTransient: true), .transient, .transient),
            ("plain", .failed(reason: "x", isTransient: false), .permanent, .permanent),
            ("exec", .failed(reason: "x", isTransient: true), .transient, .transient),
            ("touch", .failed(reason: "x", isTransient: false), .transient, .transient),
            // Only an HTTP step expects a status or a connection.
            ("exec", .answered(status: 200), .permanent, .permanent), ("touch", .refused, .transient, .transient),
            ("signal", .dropped, .transient, .transient),
        ] as [(String, AttemptResult, Expected, Expected)])
    func judgesByTheStepsExpectations(
        action: String, result: AttemptResult, before: Expected, atLast: Expected
    ) throws {
        let step = try #require(Self.actions[action])
        #expect(Self.kind(try Self.judge(step, result, isLast: false)) == before)
        #expect(Self.kind(try Self.judge(step, result, isLast: true)) == atLast)
    }

    @Test func saysThatThereWasNothingToSignal() throws {
        let judgement = try Self.judge("{signal: {process: {pid: 17}}}", .signalled(count: 0), isLast: true)
        #expect(judgement == .succeeded(note: "nothing to signal"))
    }

    @Test func addsThePresetsAdvice() throws {
        guard case .failed(let reason, _) = try Self.judge("{shutdown: linkerd}", .answered(status: 404), isLast: true)
        else { throw DialogueFault(description: "404 passed for a success") }
        #expect(reason.contains("enableShutdownEndpoint"))
    }
}
