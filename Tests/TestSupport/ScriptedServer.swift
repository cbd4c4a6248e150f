internal import Glibc
internal import LinuxProcesses
internal import Synchronization

/// A server on the loopback interface, or on a Unix socket, that plays one step of a script for every connection.
///
/// The last step is played again for every connection beyond the script. Each connection has a thread of its own, so a
/// step that hangs holds up nobody else. It ends with ``stop()`` or with its last reference.
package final class ScriptedServer: Sendable {
    /// Where the server listens.
    package enum Endpoint: Hashable, Sendable {
        case ipv4
        case ipv6
        case unix(path: String)
    }

    /// What happens on one connection.
    package enum Step: Hashable, Sendable {
        /// Reads the request, answers with the status, and closes.
        case answer(Int, headers: [String] = [], body: String = "")
        /// Reads the request, sends these characters as they are, and closes.
        case send(String)
        /// Reads the request, sends these characters, and does nothing more until the peer closes.
        case sendAndHang(String)
        /// Reads the request, and sends a head that never ends, 50 bytes a second, until the peer closes.
        case trickle
        /// Reads the request, sends a head and as many bytes of body as the peer takes.
        case sendBody(length: Int)
        /// Sends these characters once something has come, a request or not, and closes.
        case sendToAnything(String)
        /// Closes without having read anything.
        case closeAtOnce
        /// Reads the request and resets the connection.
        case reset
        /// Reads the request, sends these characters, and resets the connection.
        case sendAndReset(String)
    }

    private struct State {
        var requests: [String] = []
        var accepted = 0
        var connections: Set<Int32> = []
        var bodyBytesSent = 0
        var hangUps = 0
        var isStopped = false
    }

    /// The port; 0 for a Unix socket.
    package let port: UInt16
    /// Readable from the first request that has been read whole, or hang-up of the peer.
    package var arrival: Int32 { arrivals.readable.raw }

    private let arrivals: Arrivals
    private let listener: Int32
    private let script: [Step]
    private let state = Mutex(State())

    /// Listens; connections are accepted from now on.
    package init(_ endpoint: Endpoint = .ipv4, script: [Step]) throws(ScriptedServerFault) {
        self.script = script
        (listener, port) = try Self.listen(on: endpoint)
        arrivals = try Arrivals()
        let listener = self.listener
        startTestThread { [weak self] in
            while true {
                let connection = acceptClosingOnExec(listener)
                guard connection >= 0, let self, self.adopt(connection) else {
                    if connection >= 0 { close(connection) }
                    break
                }
            }
            close(listener)
        }
    }

    deinit {
        stop()
    }

    /// The requests that were read, whole, in the order of their ends.
    ///
    /// Copied, not shared until the next one comes: that nobody else has an array any more is counted within Swift's
    /// runtime, where the thread sanitizer does not see it.
    package var requests: [String] { state.withLock { $0.requests.map(\.self) } }

    /// How many connections were accepted.
    package var acceptedCount: Int { state.withLock { $0.accepted } }

    /// How many connections were ended by the peer while a step hung.
    package var hangUpCount: Int { state.withLock { $0.hangUps } }

    /// How many bytes of body the peers took.
    package var bodyBytesSent: Int { state.withLock { $0.bodyBytesSent } }

    /// Ends all connections and listens no more.
    package func stop() {
        state.withLock { state in
            if state.isStopped { return }
            state.isStopped = true
            // The threads close; whoever closed here could hit a number that has been given away since.
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    private func adopt(_ connection: Int32) -> Bool {
        let step: Step? = state.withLock { state in
            if state.isStopped { return nil }
            state.connections.insert(connection)
            defer { state.accepted += 1 }
            return script.isEmpty ? .closeAtOnce : script[min(state.accepted, script.count - 1)]
        }
        guard let step else { return false }
        startTestThread { [self] in
            play(step, on: connection)
            state.withLock { _ = $0.connections.remove(connection) }
            close(connection)
        }
        return true
    }

    private func play(_ step: Step, on connection: Int32) {
        if step == .closeAtOnce { return }
        if case .sendToAnything(let text) = step {
            var byte: UInt8 = 0
            _ = unsafe recv(connection, &byte, 1, 0)
            write(text, to: connection)
            shutdown(connection, Int32(SHUT_WR))
            return waitForHangUp(of: connection)
        }
        guard let request = readRequest(from: connection) else { return }
        state.withLock { $0.requests.append(request) }
        arrivals.note()
        switch step {
        case .answer(let status, let headers, let body):
            let head = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
            write(head.joined(separator: "\r\n") + "\r\n\r\n" + body, to: connection)
        case .send(let text): write(text, to: connection)
        case .sendAndHang(let text):
            write(text, to: connection)
            waitForHangUp(of: connection)
            state.withLock { $0.hangUps += 1 }
            arrivals.note()
        case .trickle:
            write("HTTP/1.1 200 Scripted\r\nx: ", to: connection)
            while !isHeard(connection, within: 20), write("x", to: connection) {}
            state.withLock { $0.hangUps += 1 }
            arrivals.note()
        case .sendBody(let length):
            write("HTTP/1.1 200 Scripted\r\nContent-Length: \(length)\r\n\r\n", to: connection)
            let chunk = String(repeating: "x", count: 16_384)
            var sent = 0
            while sent < length, write(chunk, to: connection) {
                sent += chunk.utf8.count
                state.withLock { $0.bodyBytesSent += chunk.utf8.count }
            }
        case .closeAtOnce, .sendToAnything: break
        case .reset: resetOnClose(connection)
        case .sendAndReset(let text):
            write(text, to: connection)
            resetOnClose(connection)
        }
        // Half a close, so that a peer that is still writing is not answered with a reset.
        if step.closesGently {
            shutdown(connection, Int32(SHUT_WR))
            waitForHangUp(of: connection)
        }
    }
}

/// Why a ``ScriptedServer`` cannot listen.
package struct ScriptedServerFault: Error, Hashable, Sendable {
    package let call: String
    package let errno: Int32
}

/// Tells a loop that something has come, through a socket pair.
private struct Arrivals: ~Copyable, Sendable {
    let readable: FileDescriptor
    private let writable: FileDescriptor

    init() throws(ScriptedServerFault) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw ScriptedServerFault(call: "socketpair", errno: errno)
        }
        readable = FileDescriptor(owning: ends[0])
        writable = FileDescriptor(owning: ends[1])
    }

    func note() {
        var byte: UInt8 = 1
        _ = unsafe send(writable.raw, &byte, 1, Int32(MSG_NOSIGNAL))
    }
}

/// accept4(2), which Swift's Glibc module lacks: a connection that another test's program inherited would stay open.
private func acceptClosingOnExec(_ listener: Int32) -> Int32 {
    typealias Call = @convention(c) (Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32) -> Int32
    guard let symbol = unsafe dlsym(nil, "accept4") else { preconditionFailure("libc without accept4(2)") }
    return unsafe unsafeBitCast(symbol, to: Call.self)(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
}

extension ScriptedServer.Step {
    fileprivate var closesGently: Bool {
        switch self {
        case .answer, .send, .sendBody: true
        case .sendAndHang, .trickle, .sendToAnything, .closeAtOnce, .reset, .sendAndReset: false
        }
    }
}

extension ScriptedServer {
    private static func listen(on endpoint: Endpoint) throws(ScriptedServerFault) -> (Int32, UInt16) {
        let family: Int32
        var address = sockaddr_storage()
        var length: socklen_t
        switch endpoint {
        case .ipv4:
            family = AF_INET
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            var loopback = sockaddr_in()
            loopback.sin_family = sa_family_t(AF_INET)
            loopback.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.storeBytes(of: loopback, as: sockaddr_in.self) }
        case .ipv6:
            family = AF_INET6
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            var loopback = sockaddr_in6()
            loopback.sin6_family = sa_family_t(AF_INET6)
            loopback.sin6_addr = in6addr_loopback
            unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.storeBytes(of: loopback, as: sockaddr_in6.self) }
        case .unix(let path):
            family = AF_UNIX
            length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count + 1)
            unsafe withUnsafeMutableBytes(of: &address) { bytes in
                unsafe bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                unsafe bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix(path.utf8.count)
                    .copyBytes(from: Array(path.utf8))
            }
        }
        let listener = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if listener < 0 { throw ScriptedServerFault(call: "socket", errno: errno) }
        let bound = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bind(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
        if bound != 0 || Glibc.listen(listener, 64) != 0 {
            defer { close(listener) }
            throw ScriptedServerFault(call: "bind", errno: errno)
        }
        var port: UInt16 = 0
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            _ = unsafe getsockname(listener, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            // The port stands at the same place in both kinds of address.
            if family != AF_UNIX { port = unsafe UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)) }
        }
        return (listener, port)
    }

    /// Head and body, as far as `Content-Length` says; `nil` where the peer closes before.
    private func readRequest(from connection: Int32) -> String? {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let body = bytes.count - text[..<end].utf8.count - 4
                if body >= text.contentLength { return text }
            }
            var chunk = [UInt8](repeating: 0, count: 4_096)
            let count = unsafe recv(connection, &chunk, chunk.count, 0)
            if count <= 0 { return nil }
            bytes += chunk.prefix(count)
        }
    }

    @discardableResult
    private func write(_ text: String, to connection: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func waitForHangUp(of connection: Int32) {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while unsafe recv(connection, &chunk, chunk.count, 0) > 0 {}
    }

    /// Whether the peer closes, or sends anything, within so many milliseconds.
    private func isHeard(_ connection: Int32, within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) != 0
    }

    private func resetOnClose(_ connection: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

extension String {
    /// Where `text` begins; `nil` where it does not occur.
    fileprivate func range(of text: String) -> String.Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].utf8.starts(with: text.utf8) { return index }
            index = utf8.index(after: index)
        }
        return nil
    }

    fileprivate var contentLength: Int {
        for line in utf8.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self).lowercased()
            guard text.hasPrefix("content-length:") else { continue }
            return Int(text.dropFirst(15).filter(\.isNumber)) ?? 0
        }
        return 0
    }
}
