internal import Glibc
internal import LinuxProcesses

/// A TCP socket that listens; connections wait in its backlog until somebody accepts them.
struct ListeningSocket: ~Copyable {
    /// More than one round of probes and scrapes; whoever comes beyond that tries again.
    private static let backlog: Int32 = 16

    private let descriptor: FileDescriptor
    /// Where it listens, with the port that was taken.
    let address: ListenAddress

    /// Listens on the address; of those that stand for *all* and for *localhost*, on the first that this machine has.
    ///
    /// - Throws: ``SystemCallError`` that names call and address.
    init(on wanted: ListenAddress) throws(SystemCallError) {
        let hosts: [ListenAddress.Host] =
            switch wanted.host {
            case .all: [.ipv6("::"), .ipv4("0.0.0.0")]
            case .localhost: [.ipv4("127.0.0.1"), .ipv6("::1")]
            case .ipv4, .ipv6: [wanted.host]
            }
        for host in hosts.dropLast() {
            do throws(SystemCallError) {
                self = try ListeningSocket(bindingTo: ListenAddress(host: host, port: wanted.port))
                return
            } catch {
                // Only a machine without this version of IP is a reason to take the other.
                guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errno) else { throw error }
            }
        }
        self = try ListeningSocket(bindingTo: ListenAddress(host: hosts[hosts.count - 1], port: wanted.port))
    }

    private init(bindingTo wanted: ListenAddress) throws(SystemCallError) {
        guard var name = SocketName(wanted) else {
            throw SystemCallError(call: "inet_pton", errno: EINVAL, subject: "\(wanted)")
        }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let raw = socket(name.family, type, 0)
        guard raw >= 0 else { throw .last("socket", "\(wanted)") }
        let descriptor = FileDescriptor(owning: raw)
        // A container that starts again in its pod finds connections of its former life in TIME_WAIT, socket(7).
        try Self.set(SOL_SOCKET, SO_REUSEADDR, 1, on: raw, wanted)
        // `::` takes IPv4 along, whatever the system's default is, ipv6(7).
        if name.family == AF_INET6 { try Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0, on: raw, wanted) }
        guard unsafe name.withAddress({ address, length in unsafe bind(raw, address, length.pointee) }) == 0 else {
            throw .last("bind", "\(wanted)")
        }
        guard listen(raw, Self.backlog) == 0 else { throw .last("listen", "\(wanted)") }
        guard unsafe name.withAddress({ address, length in unsafe getsockname(raw, address, length) }) == 0 else {
            throw .last("getsockname", "\(wanted)")
        }
        self.descriptor = descriptor
        address = ListenAddress(host: wanted.host, port: name.port)
    }

    /// Hands the descriptor over; nobody here closes it any more.
    consuming func release() -> Int32 { descriptor.release() }

    private static func set(
        _ level: Int32, _ option: Int32, _ value: Int32, on descriptor: Int32, _ address: ListenAddress
    ) throws(SystemCallError) {
        var value = value
        guard unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw .last("setsockopt", "\(address)")
        }
    }
}

/// An address in the form that system calls take, ip(7) and ipv6(7).
private struct SocketName {
    private var storage = sockaddr_storage()
    private var length: socklen_t
    let family: Int32

    /// `nil` where the text is no address, which the reader of ``ListenAddress`` has ruled out.
    init?(_ address: ListenAddress) {
        switch address.host {
        case .ipv4(let text):
            family = AF_INET
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = address.port.bigEndian
            guard unsafe inet_pton(AF_INET, text, &name.sin_addr) == 1 else { return nil }
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: name, as: sockaddr_in.self) }
        case .ipv6(let text):
            family = AF_INET6
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = address.port.bigEndian
            guard unsafe inet_pton(AF_INET6, text, &name.sin6_addr) == 1 else { return nil }
            unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: name, as: sockaddr_in6.self) }
        case .all, .localhost: return nil
        }
    }

    /// The port, which stands at the same place in both kinds of address.
    var port: UInt16 {
        unsafe withUnsafeBytes(of: storage) { unsafe UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }

    mutating func withAddress(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        unsafe withUnsafeMutablePointer(to: &length) { length in
            unsafe withUnsafeMutablePointer(to: &storage) { storage in
                unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
            }
        }
    }
}
