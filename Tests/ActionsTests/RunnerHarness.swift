import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport

@testable import Actions
@testable import ConfigModel

/// A runner on a loop of its own, driven by the thread of the test.
final class RunnerHarness {
    /// What did not come although a test waited for it.
    struct Missing: Error {
        let what: String
    }

    /// How long a test waits for what should come at once, on a machine that may be busy.
    static let patience = Duration.seconds(60)

    let loop: EventLoop
    let runner: ActionRunner
    let procFS: ProcFS
    /// A desk beside the runner's own, for what is tested without it.
    let desk: ReplyDesk
    private let record: Record
    private var serial = 0

    /// What the runner has told.
    private final class Record {
        var results: [(id: AttemptID, result: AttemptResult)] = []
        var gone: [ActionID] = []
    }

    init(procRoot: String = "/proc") throws {
        let record = Record()
        self.record = record
        loop = try EventLoop()
        desk = try ReplyDesk(on: loop)
        procFS = try ProcFS(root: procRoot)
        runner = try ActionRunner(
            loop: loop,
            scanner: ProcessScanner(root: procFS, excludingSelf: true, scope: .everybody),
            procFS: procFS,
            onFinish: { id, result in record.results.append((id, result)) },
            onGone: { record.gone.append($0) })
    }

    var results: [(id: AttemptID, result: AttemptResult)] { record.results }
    var gone: [ActionID] { record.gone }

    /// Starts an attempt and does not wait for it.
    func start(_ kind: Action.Kind, timeout: Duration = .seconds(30)) -> AttemptID {
        serial += 1
        let id = AttemptID(action: ActionID(rule: RuleID(1), index: 0), serial: serial)
        runner.start(id, .testing(kind, timeout: timeout))
        return id
    }

    /// The one result of an attempt that is started now.
    func run(_ kind: Action.Kind, timeout: Duration = .seconds(30)) throws -> AttemptResult {
        try result(of: start(kind, timeout: timeout))
    }

    /// The result of an attempt, waited for.
    func result(of id: AttemptID) throws -> AttemptResult {
        try wait(for: "the result of \(id)") { self.record.results.contains { $0.id == id } }
        return record.results.first { $0.id == id }?.result ?? .timedOut
    }

    /// Drives the loop until the condition holds, which an event of the loop brings about.
    func wait(for what: String, until condition: () throws -> Bool) throws {
        let end = MonotonicClock.now() + Self.patience
        while try !condition() {
            guard MonotonicClock.now() < end else { throw Missing(what: what) }
            try loop.wait(until: [end, runner.nextDeadline].compactMap { $0 }.min())
            runner.deadlineReached(at: MonotonicClock.now())
        }
    }

    /// Drives the loop until the descriptor is readable.
    func wait(forReadable descriptor: Int32) throws {
        var isReady = false
        let registration = try loop.register(descriptor, for: .readable) { _ in isReady = true }
        defer { loop.remove(registration) }
        try wait(for: "descriptor \(descriptor)") { isReady }
    }

    /// Takes every event that is there already or comes within a short while, to catch what must not come.
    func drain() throws {
        let end = MonotonicClock.now() + .milliseconds(50)
        while MonotonicClock.now() < end {
            try loop.wait(until: end)
            runner.deadlineReached(at: MonotonicClock.now())
        }
    }
}

extension Action {
    /// An action with nothing but its kind and its timeout.
    static func testing(_ kind: Kind, timeout: Duration = .seconds(30)) -> Action {
        Action(
            label: "0/test", kind: kind, timeout: timeout,
            retry: RetryPolicy(attempts: 1, delay: .zero, maxDelay: .zero),
            runsWhen: Set(Outcome.allCases), onFailure: .continue, thenGone: nil)
    }
}

extension HTTPRequest {
    /// A request as the configuration's defaults have it.
    static func testing(
        _ url: String, method: String = "POST", headers: [(String, HeaderValue)] = [], body: String = "",
        tls: TLSSettings? = nil
    ) throws -> HTTPRequest {
        HTTPRequest(
            method: method, url: try HTTPURL(parsing: url),
            headers: headers.map { Header(name: $0.0, value: $0.1) }, body: Secret(body),
            expectedStatus: [StatusRange(200...299)], whenRefused: .fail, whenDropped: .fail, tls: tls, hints: [])
    }
}

extension HTTPRequest.HeaderValue {
    static func text(_ value: String) -> Self { .literal(Secret(value)) }
}

extension AttemptResult {
    /// The reason of a failure.
    var reason: String? { if case .failed(let reason, _) = self { reason } else { nil } }
    /// Whether it failed in a way that may pass.
    var isTransient: Bool? { if case .failed(_, let isTransient) = self { isTransient } else { nil } }
}

/// A directory that is removed with its contents at the end of its life.
final class ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/knell-actions.XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemCallError.last("mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? ChildProcess("rm", ["-rf", "--", path]).wait() }

    /// The path of an entry.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> String {
        let path = file(name)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemCallError.last("open", path) }
        let file = FileDescriptor(owning: descriptor)
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(file.raw, bytes, bytes.count) == bytes.count else {
            throw SystemCallError.last("write")
        }
        return path
    }
}
