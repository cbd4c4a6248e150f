internal import Glibc

/// Where to listen, as `ADDRESS:PORT`: an IPv4 address, an IPv6 address in brackets, `localhost`, or nothing for all
/// interfaces. Names are not looked up, so nobody waits for a resolver.
package struct ListenAddress: Hashable, Sendable {
    /// The interfaces.
    package enum Host: Hashable, Sendable {
        case all
        case localhost
        case ipv4(String)
        /// Without its brackets.
        case ipv6(String)
    }

    package let host: Host
    /// 0 lets the kernel pick one.
    package let port: UInt16
}

/// Why a text is no address to listen on, and what to write.
package struct ListenAddressFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension ListenAddress {
    private static let examples = "write ADDRESS:PORT, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all interfaces"

    /// Reads what the user has written.
    ///
    /// - Throws: ``ListenAddressFault``.
    package init(parsing text: String) throws(ListenAddressFault) {
        guard let colon = text.lastIndex(of: ":") else {
            throw ListenAddressFault(description: "the port is missing; \(Self.examples)")
        }
        let (hostText, portText) = (text[..<colon], text[text.index(after: colon)...])
        // Before the port is judged: the last group of a bare IPv6 address is no port.
        host = try Self.host(hostText)
        guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(portText)
        else {
            throw ListenAddressFault(description: "the port must be a number from 0 to 65535; \(Self.examples)")
        }
        self.port = port
    }

    private static func host(_ text: Substring) throws(ListenAddressFault) -> Host {
        if text.isEmpty { return .all }
        if text == "localhost" { return .localhost }
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = String(text.dropFirst().dropLast())
            var bytes = in6_addr()
            guard unsafe inet_pton(AF_INET6, address, &bytes) == 1 else {
                throw ListenAddressFault(description: "what stands in brackets is no IPv6 address; \(examples)")
            }
            return .ipv6(address)
        }
        if text.contains(":") {
            throw ListenAddressFault(description: "an IPv6 address stands in brackets; \(examples)")
        }
        var bytes = in_addr()
        guard unsafe inet_pton(AF_INET, String(text), &bytes) == 1 else {
            throw ListenAddressFault(description: "names other than localhost are not looked up; \(examples)")
        }
        return .ipv4(String(text))
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The address as the user may write it.
    package var description: String {
        switch host {
        case .all: ":\(port)"
        case .localhost: "localhost:\(port)"
        case .ipv4(let address): "\(address):\(port)"
        case .ipv6(let address): "[\(address)]:\(port)"
        }
    }
}
