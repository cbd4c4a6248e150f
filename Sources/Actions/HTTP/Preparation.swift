internal import ConfigModel
internal import LinuxProcesses
internal import NIOSSL

/// What an ``HTTPAttempt`` sends, before its files are read; the judgement of the answer is not its matter.
struct RequestOutline: Sendable {
    let method: String
    let url: HTTPURL
    let headers: [HTTPRequest.Header]
    let body: Secret
    let tls: TLSSettings?
}

extension RequestOutline {
    init(_ request: HTTPRequest) {
        self.init(
            method: request.method, url: request.url, headers: request.headers, body: request.body, tls: request.tls)
    }
}

/// A request with everything in it that lay in files. It holds secrets and is never printed.
struct PreparedRequest: Sendable {
    let method: String
    /// The URL for the client.
    let url: String
    let peer: Peer
    /// In the order in which they are sent.
    let headers: [(name: String, value: String)]
    let body: String
    let tls: TLSConfiguration?
}

/// The peer of an exchange for messages: without the path and the query of the URL, which may hold secrets.
struct Peer: Hashable, Sendable {
    let name: String
    let isUnixSocket: Bool
}

/// What came of reading the files that a request names.
enum Preparation: Sendable {
    case ready(PreparedRequest)
    /// A file stands in the way; the text names it and never its contents.
    case failed(reason: String, isTransient: Bool)
}

extension Preparation {
    /// The most that is read of a file with a header's value.
    private static let headerLimit = 65_536

    /// Whether ``init(of:)`` blocks.
    static func readsFiles(for request: RequestOutline) -> Bool {
        let hasSecretFile = request.headers.contains { if case .fromFile = $0.value { true } else { false } }
        guard case .network(_, _, isTLS: true) = request.url.endpoint, let tls = request.tls else {
            return hasSecretFile
        }
        return hasSecretFile || tls.caFile != nil || tls.certificateFile != nil || tls.keyFile != nil
    }

    /// Reads the files and builds the headers.
    init(of request: RequestOutline) {
        var headers: [(name: String, value: String)] = [("Host", request.url.hostHeader)]
        do throws(PreparationFault) {
            for header in request.headers {
                let value = try Self.value(of: header)
                switch header.name.lowercased() {
                case "host": headers[0].value = value
                // Its own connection for every request; the framing is for the client to state.
                case "connection", "content-length", "transfer-encoding": continue
                default: headers.append((header.name, value))
                }
            }
            headers.append(("Connection", "close"))
            if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
                headers.append(("User-Agent", "knell"))
            }
            var tls: TLSConfiguration?
            if case .network(_, _, isTLS: true) = request.url.endpoint {
                tls = try request.tls?.clientConfiguration() ?? .makeKnellConfiguration()
            }
            self = .ready(
                PreparedRequest(
                    method: request.method, url: request.url.canonicalText, peer: request.url.peer, headers: headers,
                    body: request.body.revealed, tls: tls))
        } catch {
            self = .failed(reason: error.reason, isTransient: error.isTransient)
        }
    }

    private static func value(of header: HTTPRequest.Header) throws(PreparationFault) -> String {
        let path: String
        switch header.value {
        case .literal(let secret): return secret.revealed
        case .fromFile(let name): path = name
        }
        var bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try readSmallFile(path, limit: headerLimit)
        } catch {
            throw PreparationFault(
                reason: "cannot read the value of header \(header.name): \(error)", isTransient: true)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: isForbidden) else {
            throw PreparationFault(
                reason:
                    "the file \(path) holds bytes that the header \(header.name) cannot carry, such as a line break",
                isTransient: false)
        }
        return text
    }

    /// Control characters, the tab aside, could end the header and begin another, RFC 9110 section 5.5.
    private static func isForbidden(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }
}

/// Why a request cannot be prepared, worded for the log.
struct PreparationFault: Error, Hashable, Sendable {
    let reason: String
    let isTransient: Bool
}
