internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// The other end of two exchanges that are made for practice, in this process itself.
///
/// The first exchange of a process costs milliseconds: the client's thread starts, code is paged in, and the runtime
/// looks up every type that it meets. Exchanges with oneself pay that ahead of time. One is whole, over a Unix socket
/// with an abstract name, unix(7), which needs no writable file system; whoever else calls it gets an empty answer.
/// The other practises TCP: it goes to a port that is taken but not listened on, and so is refused.
final class Rehearsal {
    /// How long a connection of the rehearsal may take. The client's thread is woken once more when that has passed, so
    /// it is short: a Knell that watches is not to be woken at all.
    static let bound = Duration.milliseconds(100)

    /// What the client calls first, and is answered.
    let request: PreparedRequest
    /// What the client calls next, and is refused; `nil` where there is no loopback interface for IPv4.
    let refusedRequest: RequestOutline?

    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)

    private let loop: EventLoop
    private var listener: FileDescriptor?
    /// Holds the port, so that nobody else can listen on it meanwhile.
    private let portHolder: FileDescriptor
    private var connection: FileDescriptor?
    private var registrations: [EventLoop.Registration] = []

    /// A peer that waits for the client; `nil` where the system does not allow one.
    init?(on loop: EventLoop) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let name = "knell-rehearsal-\(getpid())-\(MonotonicClock.now().nanoseconds)"
        let raw = socket(AF_UNIX, type, 0)
        listener = FileDescriptor(owning: raw)
        portHolder = FileDescriptor(owning: socket(AF_INET, type, 0))
        self.loop = loop
        request = PreparedRequest(
            method: "POST", url: "http+unix://%00\(name)/", peer: Peer(name: "itself", isUnixSocket: true),
            headers: [("Host", "localhost"), ("Connection", "close"), ("User-Agent", "knell")], body: "", tls: nil)
        refusedRequest = takePort(portHolder.raw).flatMap { port in
            (try? HTTPURL(parsing: "http://127.0.0.1:\(port)/")).map { url in
                RequestOutline(method: "POST", url: url, headers: [], body: Secret(""), tls: nil)
            }
        }
        guard bindAbstractly(raw, to: name), listen(raw, 1) == 0, watch(raw, { [weak self] in self?.accept(from: raw) })
        else {
            return nil
        }
    }

    deinit { end() }

    /// Closes the Unix sockets; whoever still waits to be answered is hung up on.
    func end() {
        for registration in registrations { loop.remove(registration) }
        registrations = []
        connection = nil
        listener = nil
    }

    private func watch(_ descriptor: Int32, _ handler: @escaping () -> Void) -> Bool {
        guard let registration = try? loop.register(descriptor, for: .readable, handler: { _ in handler() }) else {
            return false
        }
        registrations.append(registration)
        return true
    }

    private func accept(from listener: Int32) {
        let raw = Glibc.accept(listener, nil, nil)
        guard raw >= 0 else { return }
        let accepted = FileDescriptor(owning: raw)
        // One call is enough; others are hung up on.
        guard registrations.count == 1, fcntl(raw, F_SETFD, FD_CLOEXEC) == 0, fcntl(raw, F_SETFL, O_NONBLOCK) == 0,
            watch(raw, { [weak self] in self?.respond(on: raw) })
        else { return }
        connection = consume accepted
    }

    private func respond(on connection: Int32) {
        var request = [UInt8](repeating: 0, count: 512)
        _ = unsafe recv(connection, &request, request.count, 0)
        _ = unsafe send(connection, Self.answer, Self.answer.count, Int32(MSG_NOSIGNAL))
        end()
    }
}

private func bindAbstractly(_ descriptor: Int32, to name: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The client gives the whole structure as the address, so the name is as long, and ends in zeros.
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafeMutableBytes(of: &address) { bytes in
        unsafe bytes[(MemoryLayout<sa_family_t>.size + 1)...].copyBytes(from: name.utf8)
        guard let start = bytes.baseAddress else { return false }
        return unsafe bind(descriptor, start.assumingMemoryBound(to: sockaddr.self), length) == 0
    }
}

/// Takes a free port of the loopback interface; `nil` where there is none.
private func takePort(_ descriptor: Int32) -> UInt16? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutableBytes(of: &address) { bytes in
        guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
        return unsafe bind(descriptor, start, length) == 0 && getsockname(descriptor, start, &length) == 0
    }
    return isBound ? UInt16(bigEndian: address.sin_port) : nil
}
