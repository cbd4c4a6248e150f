// stand-in-proxy [PORT]: does what a mesh proxy's admin listener does at the end of a pod's life, and no more.

internal import Glibc

/// The system calls' own texts are enough here: one line, and exit code 1.
func quit(_ call: String) -> Never {
    let reason = unsafe String(cString: strerror(errno))
    announce("\(call) failed: \(reason)")
    exit(1)
}

/// Writes one line, stamped with the seconds since 1970, by a single write(2), so that several writers of one pipe never mix.
func announce(_ text: String) {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let microseconds = String(1_000_000 + time.tv_nsec / 1_000).dropFirst()
    let line = Array("\(time.tv_sec).\(microseconds) proxy: \(text)\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

/// Opens a listening socket on 127.0.0.1 and tells the port that it got, which is a free one for `port` 0.
func listen(on port: UInt16) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { quit("socket") }
    var yes: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            guard unsafe bind(descriptor, generic, length) == 0 else { quit("bind to 127.0.0.1:\(port)") }
            guard Glibc.listen(descriptor, 16) == 0 else { quit("listen") }
            guard unsafe getsockname(descriptor, generic, &length) == 0 else { quit("getsockname") }
        }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

/// Reads up to the end of a request's header block, at most 8 KiB and 1 s a read, and returns its first line's words.
func readRequestLine(_ connection: Int32) -> [Substring] {
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var request: [UInt8] = []
    while request.count < 8_192, !request.contains(blankLine), let chunk = receive(connection) { request += chunk }
    let line = request.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self).split(separator: " ")
}

/// The next bytes of the peer; `nil` at its end, and when it stays silent for too long.
func receive(_ connection: Int32) -> [UInt8]? {
    var chunk = [UInt8](repeating: 0, count: 1_024)
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(connection, $0.baseAddress, $0.count) }
    return count > 0 ? Array(chunk[..<count]) : nil
}

/// Ends a connection so that the peer can read the answer: closing with unread bytes would reset it.
func hangUp(_ connection: Int32) {
    shutdown(connection, Int32(SHUT_WR))
    for _ in 0..<64 where receive(connection) == nil { break }
    close(connection)
}

/// What ends a header block.
let blankLine = Array("\r\n\r\n".utf8)

extension [UInt8] {
    /// Whether `other` occurs in it.
    func contains(_ other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        return (0...(count - other.count)).contains { self[$0..<($0 + other.count)].elementsEqual(other) }
    }
}

/// Answers one request as Envoy's admin listener would, and tells whether it was the one to quit.
func answer(_ connection: Int32) -> Bool {
    let words = readRequestLine(connection)
    guard words.count == 3 else { return false }
    let (status, body) =
        switch (words[0], words[1]) {
        case ("POST", "/quitquitquit"): ("200 OK", "OK\n")
        case (_, "/quitquitquit"): ("405 Method Not Allowed", "use POST\n")
        default: ("404 Not Found", "only /quitquitquit is here\n")
        }
    announce("received \(words[0]) \(words[1]), answers \(status)")
    let headers = "Content-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\nConnection: close"
    let response = Array("HTTP/1.1 \(status)\r\n\(headers)\r\n\r\n\(body)".utf8)
    _ = unsafe response.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    return status == "200 OK"
}

guard CommandLine.arguments.count <= 2, let port = UInt16(CommandLine.arguments.dropFirst().first ?? "18020") else {
    announce("usage: stand-in-proxy [PORT], 18020 by default, 0 for a free one")
    exit(64)
}
let (listener, boundPort) = listen(on: port)
announce("listens on 127.0.0.1:\(boundPort)")
var isToldToQuit = false
while !isToldToQuit {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else {
        if errno == EINTR || errno == ECONNABORTED { continue }
        quit("accept")
    }
    isToldToQuit = answer(connection)
    hangUp(connection)
}
announce("ends with status 0")
