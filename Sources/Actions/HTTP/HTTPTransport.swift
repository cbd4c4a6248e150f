internal import AsyncHTTPClient
internal import Glibc
internal import LinuxProcesses
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SupervisorCore

/// Why a request cannot be sent at all, worded for the log.
struct TransportFault: Error, Hashable, Sendable {
    let reason: String
    let isTransient: Bool
}

extension TransportFault {
    /// The client's thread cannot be had.
    fileprivate init(_ shortage: SystemCallError) {
        isTransient = true
        reason =
            if shortage.meansExhausted {
                "no descriptors are left for a connection; raise the limit (ulimit -n)"
            } else if shortage.errno == EAGAIN {
                "no thread can be made for a connection; raise the limit of processes (pids.max, ulimit -u)"
            } else {
                "no thread can be made for a connection: \(shortage)"
            }
    }
}

/// Owns the HTTP client and its one thread; both are made when they are first needed, since they cost memory.
///
/// Every request has a connection of its own: no state of an earlier attempt can stand in the way of the next.
final class HTTPTransport {
    /// More than all rules could use at once, so that no request waits for another's connection.
    private static let connectionsPerHost = 64

    private let keptBodyLimit: Int
    private var group: MultiThreadedEventLoopGroup?
    /// By the time that a connection may take. The client would hand a connection that hangs to the next attempt on
    /// the same peer; so it must give up on it when the attempt that asked for it does.
    private var clients: [Duration: HTTPClient] = [:]

    /// A transport that keeps so many bytes of each answer's body.
    init(keepingOfBody limit: Int = 0) { keptBodyLimit = limit }

    /// Begins an exchange; its result is sent to `reply` unless that is forgotten.
    func begin(
        _ request: PreparedRequest, connectTimeout: Duration, reply: ReplyAddress<AttemptResult>
    ) -> Result<Exchange, TransportFault> {
        if group == nil, let shortage = LoopThread.shortage() {
            return .failure(TransportFault(shortage))
        }
        let outgoing: HTTPClient.Request
        do {
            outgoing = try HTTPClient.Request(
                url: request.url,
                method: HTTPMethod(rawValue: request.method),
                headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }),
                body: request.body.isEmpty ? nil : .string(request.body),
                tlsConfiguration: request.tls)
        } catch {
            return .failure(TransportFault(reason: "the HTTP client does not take the URL", isTransient: false))
        }
        let delegate = ExchangeDelegate(keeping: keptBodyLimit)
        let task = client(connectTimeout: connectTimeout).execute(request: outgoing, delegate: delegate)
        let failure = ExchangeFailure(peer: request.peer)
        task.futureResult.whenComplete { result in
            switch (delegate.status, result) {
            // Whoever has sent a whole head has answered, whatever becomes of the connection afterwards.
            case (let status?, _): reply.send(.answered(status: status))
            case (nil, .failure(let error)): reply.send(failure.result(of: error))
            case (nil, .success): reply.send(.dropped)
            }
        }
        return .success(Exchange(task, delegate))
    }

    /// Makes the clients for connections that may take so long, where their thread can be had.
    func prepare(for connectTimeouts: Set<Duration>) {
        guard group != nil || LoopThread.shortage() == nil else { return }
        for timeout in connectTimeouts { _ = client(connectTimeout: timeout) }
    }

    deinit {
        // The client insists on being shut down before it goes, and needs the thread for that.
        guard let group else { return }
        Self.shutDown(Array(clients.values), then: group)
    }

    private static func shutDown(_ clients: [HTTPClient], then group: MultiThreadedEventLoopGroup) {
        guard let client = clients.first else { return group.shutdownGracefully { _ in } }
        client.shutdown { _ in shutDown(Array(clients.dropFirst()), then: group) }
    }

    private func client(connectTimeout: Duration) -> HTTPClient {
        if let client = clients[connectTimeout] { return client }
        let group = self.group ?? MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .nanoseconds(connectTimeout.wholeNanoseconds))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
        configuration.proxy = nil
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroup: group, configuration: configuration)
        clients[connectTimeout] = client
        return client
    }
}
