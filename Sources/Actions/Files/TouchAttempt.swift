internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// Performs a `touch` step on a thread of its own, since the file may lie on a file server that is dead.
final class TouchAttempt: RunningAttempt {
    private let request: TouchRequest
    private let desk: ReplyDesk
    private let finish: (AttemptResult) -> Void
    private var task: BlockingTask<AttemptResult>?

    init(_ request: TouchRequest, desk: ReplyDesk, finish: @escaping (AttemptResult) -> Void) {
        self.request = request
        self.desk = desk
        self.finish = finish
    }

    func start() {
        do throws(SystemCallError) {
            let touch = FileTouch(request)
            task = try BlockingTask(desk, work: { touch.perform() }, completion: finish)
        } catch {
            finish(.failed(reason: "cannot touch \(request.path): \(error)", isTransient: true))
        }
    }

    func cancel() -> AttemptResult {
        task?.cancel()
        return .timedOut
    }
}
