internal import AsyncHTTPClient
internal import Glibc
internal import LinuxProcesses
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SupervisorCore

/// Reads the errors of the HTTP client for what they say about the peer.
///
/// The client's own texts are never passed on: some of them hold header values.
struct ExchangeFailure: Sendable {
    let peer: Peer

    /// What the error, which came before any answer, means for the attempt.
    func result(of error: any Error) -> AttemptResult {
        switch error {
        case let error as HTTPClientError: result(of: error)
        case let error as HTTPParserError: result(of: error)
        case let error as IOError: result(ofErrno: error.errnoCode)
        case let error as NIOConnectionError: result(of: error)
        case let error as ChannelError: result(of: error)
        case let error as SocketAddressError.UnknownHost: unresolved(error)
        case SocketAddressError.unixDomainSocketPathTooLong:
            .failed(reason: "the HTTP client takes a socket's path of at most 103 bytes", isTransient: false)
        default:
            if let failure = TLSFailure(error) {
                failure.isEndOfConnection
                    ? .dropped : .failed(reason: "TLS with \(peer.name): \(failure.advice)", isTransient: false)
            } else {
                .failed(reason: "the exchange with \(peer.name) failed: \(type(of: error))", isTransient: true)
            }
        }
    }

    private func result(of error: HTTPClientError) -> AttemptResult {
        switch error {
        case .remoteConnectionClosed: .dropped
        case .connectTimeout, .tlsHandshakeTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .cancelled:
            .timedOut
        default:
            // Only this short description is free of values.
            .failed(reason: "the HTTP client refuses the request: \(error.shortDescription)", isTransient: false)
        }
    }

    private func result(of error: HTTPParserError) -> AttemptResult {
        switch error {
        case .invalidEOFState, .closedConnection: .dropped
        case .headerOverflow:
            .failed(reason: "the answer is no HTTP: its head does not end", isTransient: true)
        default:
            .failed(reason: "the answer is no HTTP: \(error) where a status line was expected", isTransient: true)
        }
    }

    private func result(of error: ChannelError) -> AttemptResult {
        switch error {
        case .connectTimeout: .timedOut
        case .eof, .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed: .dropped
        default: .failed(reason: "the exchange with \(peer.name) failed: \(error)", isTransient: true)
        }
    }

    private func result(of error: NIOConnectionError) -> AttemptResult {
        let errors = error.connectionErrors.map { ($0.error as? IOError)?.errnoCode }
        if errors.isEmpty {
            if let unknown = (error.dnsAError ?? error.dnsAAAAError) as? SocketAddressError.UnknownHost {
                return unresolved(unknown)
            }
            return .failed(reason: "the name of \(peer.name) does not resolve", isTransient: true)
        }
        // A pod without IPv6 has a name with an IPv6 address all the same: an address that cannot be reached from
        // here says nothing, the others decide.
        let decisive = errors.filter { $0.map { ![EADDRNOTAVAIL, EAFNOSUPPORT, ENETUNREACH].contains($0) } ?? true }
        if !decisive.isEmpty, decisive.allSatisfy({ $0 == ECONNREFUSED }) { return .refused }
        if let code = (decisive.first { $0 != ECONNREFUSED } ?? errors[0]) ?? nil { return result(ofErrno: code) }
        let isTimeout = error.connectionErrors.contains {
            if case .connectTimeout? = $0.error as? ChannelError { true } else { false }
        }
        return isTimeout ? .timedOut : .failed(reason: "cannot connect to \(peer.name)", isTransient: true)
    }

    private func result(ofErrno code: Int32) -> AttemptResult {
        switch code {
        case ECONNREFUSED: .refused
        case ENOENT where peer.isUnixSocket: .refused
        case ECONNRESET, EPIPE, ENOTCONN: .dropped
        default:
            .failed(
                reason: "\(SystemCallError(call: "connection", errno: code, subject: peer.name))", isTransient: true)
        }
    }

    private func unresolved(_ error: SocketAddressError.UnknownHost) -> AttemptResult {
        .failed(reason: "the name \(error.host) does not resolve: \(error.errorDescription)", isTransient: true)
    }
}
