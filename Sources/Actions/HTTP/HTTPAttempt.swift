internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// Performs an `http` step: reads what has to be read from files, then makes one exchange.
final class HTTPAttempt: RunningAttempt {
    private enum Phase {
        case idle
        /// A thread reads secrets and certificates.
        case preparing(BlockingTask<Preparation>)
        case exchanging(Exchange, ReplyAddress<AttemptResult>)
    }

    private let request: RequestOutline
    private let timeout: Duration
    private let transport: HTTPTransport
    private let desk: ReplyDesk
    private let finish: (AttemptResult) -> Void
    private var phase = Phase.idle

    init(
        _ request: RequestOutline, timeout: Duration, transport: HTTPTransport, desk: ReplyDesk,
        finish: @escaping (AttemptResult) -> Void
    ) {
        self.request = request
        self.timeout = timeout
        self.transport = transport
        self.desk = desk
        self.finish = finish
    }

    func start() {
        // The usual request reads no file, and then no thread stands between the event and the connection.
        guard Preparation.readsFiles(for: request) else { return exchange(Preparation(of: request)) }
        let request = self.request
        do throws(SystemCallError) {
            phase = .preparing(
                try BlockingTask(
                    desk, work: { Preparation(of: request) }, completion: { [weak self] in self?.exchange($0) }))
        } catch {
            finish(.failed(reason: "cannot read the files of the request: \(error)", isTransient: true))
        }
    }

    func cancel() -> AttemptResult {
        switch phase {
        case .idle: break
        case .preparing(let task): task.cancel()
        case .exchanging(let exchange, let address):
            desk.forget(address)
            exchange.cancel()
        }
        return status.map { .answered(status: $0) } ?? .timedOut
    }

    /// The status of the answer, once its whole head has come.
    var status: Int? {
        if case .exchanging(let exchange, _) = phase { exchange.status } else { nil }
    }

    /// The beginning of the answer's body, as far as the transport keeps it and it has come.
    var bodyStart: [UInt8] {
        if case .exchanging(let exchange, _) = phase { exchange.bodyStart } else { [] }
    }

    private func exchange(_ preparation: Preparation) {
        switch preparation {
        case .failed(let reason, let isTransient): finish(.failed(reason: reason, isTransient: isTransient))
        case .ready(let prepared):
            let address = desk.await(finish)
            switch transport.begin(prepared, connectTimeout: timeout, reply: address) {
            case .success(let exchange): phase = .exchanging(exchange, address)
            case .failure(let fault):
                desk.forget(address)
                finish(.failed(reason: fault.reason, isTransient: fault.isTransient))
            }
        }
    }
}
