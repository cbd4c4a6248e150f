internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// A TCP client of a server on this machine that sends whatever it is told, HTTP or not. Every wait has a bound.
package final class RawClient {
    /// An answer, taken apart by what `Content-Length` says.
    package struct Answer: Hashable, Sendable {
        package let status: Int
        /// Names in lower case.
        package let headers: [String: String]
        package let body: String
    }

    private let descriptor: FileDescriptor
    private var buffered: [UInt8] = []
    private var isAtEnd = false

    /// Connects to 127.0.0.1, or to ::1.
    ///
    /// - Parameters:
    ///   - port: Where the server listens.
    ///   - ipv6: Whether to ::1.
    ///   - receiveBuffer: How many bytes the kernel is to take before somebody reads them, for a reader that stands still.
    /// - Throws: ``CheckFailure`` where nobody listens.
    package init(port: UInt16, ipv6: Bool = false, receiveBuffer: Int32? = nil) throws(CheckFailure) {
        let raw = socket(ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        descriptor = FileDescriptor(owning: raw)
        if var receiveBuffer {
            // Before the connection is made, since that is when the peer is told, tcp(7).
            _ = unsafe setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_storage()
        let length: Int
        if ipv6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_addr = in6addr_loopback
            name.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.storeBytes(of: name, as: sockaddr_in6.self) }
            length = MemoryLayout<sockaddr_in6>.size
        } else {
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            name.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address) { unsafe $0.storeBytes(of: name, as: sockaddr_in.self) }
            length = MemoryLayout<sockaddr_in>.size
        }
        let code = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe connect(raw, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
        if code != 0 { throw CheckFailure("cannot connect to port \(port): error \(errno)") }
    }

    /// Sends as much as the peer takes; whether that was all.
    @discardableResult
    package func send(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor.raw, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Tells the peer that nothing more is sent.
    package func closeOutput() { shutdown(descriptor.raw, Int32(SHUT_WR)) }

    /// Sends a GET and returns what is answered to it.
    package func get(_ path: String, headers: [String] = []) throws(CheckFailure) -> Answer {
        send((["GET \(path) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n")
        return try readAnswer()
    }

    /// The next answer; one to a HEAD has no body, whatever its head says.
    package func readAnswer(toHead: Bool = false) throws(CheckFailure) -> Answer {
        var bounds: (head: Int, end: Int)?
        while bounds == nil {
            if let head = endOfHead() {
                let length = toHead ? 0 : Int(Self.headers(buffered[..<head])["content-length"] ?? "") ?? 0
                if buffered.count >= head + length { bounds = (head, head + length) }
            }
            if bounds == nil, try !fill() {
                throw CheckFailure("no whole answer: \(String(decoding: buffered, as: UTF8.self))")
            }
        }
        let (head, end) = bounds ?? (0, 0)
        defer { buffered.removeSubrange(..<end) }
        let words = String(decoding: buffered[..<head], as: UTF8.self).split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else { throw CheckFailure("no status line: \(words)") }
        return Answer(
            status: status, headers: Self.headers(buffered[..<head]),
            body: String(decoding: buffered[head..<end], as: UTF8.self))
    }

    /// All that still comes until the peer closes or resets the connection.
    package func readToEnd() throws(CheckFailure) -> String {
        while try fill() {}
        defer { buffered = [] }
        return String(decoding: buffered, as: UTF8.self)
    }

    /// Whether something comes, or the peer closes, within the time.
    package func awaitAnything(within bound: Duration) -> Bool {
        var request = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&request, 1, Int32(clamping: bound.wholeMilliseconds)) > 0
    }

    private func endOfHead() -> Int? {
        guard buffered.count >= 4 else { return nil }
        return (4...buffered.count).first { buffered[($0 - 4)..<$0].elementsEqual("\r\n\r\n".utf8) }
    }

    private static func headers(_ head: ArraySlice<UInt8>) -> [String: String] {
        var headers: [String: String] = [:]
        for line in head.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let text = String(decoding: line, as: UTF8.self)
            guard let colon = text.firstIndex(of: ":") else { continue }
            let value = text[text.index(after: colon)...].drop { $0 == " " }
            headers[text[..<colon].lowercased()] = String(value.prefix { !$0.isNewline })
        }
        return headers
    }

    /// Reads what is there, waiting for it; whether anything can still come.
    private func fill() throws(CheckFailure) -> Bool {
        if isAtEnd { return false }
        guard awaitAnything(within: ChildProcess.patience) else {
            throw CheckFailure("the peer neither sends nor closes")
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor.raw, &chunk, chunk.count, 0)
        // A reset is an end too.
        isAtEnd = count <= 0
        buffered += chunk.prefix(max(0, count))
        return !isAtEnd
    }
}
