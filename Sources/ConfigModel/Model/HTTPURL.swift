internal import Glibc

/// Where an HTTP action goes: `http`, `https`, or a Unix socket with the path percent-encoded as the host.
package struct HTTPURL: Hashable, Sendable {
    /// The peer of the connection.
    package enum Endpoint: Hashable, Sendable {
        /// A host name, an IPv4 address, or an IPv6 address without its brackets.
        case network(host: String, port: Int, isTLS: Bool)
        /// The absolute path of a stream socket.
        case unixSocket(path: String)
    }

    /// The text as configured, after variables.
    package let text: String
    package let endpoint: Endpoint
    /// Path and query; begins with `/`.
    package let requestTarget: String
}

/// Why a text is no URL that Knell can call, worded for a diagnostic.
package struct URLFault: Error, Hashable, Sendable {
    package let reason: String
}

extension HTTPURL {
    /// The longest path of a socket that the HTTP client takes, in bytes; the kernel itself takes 107, unix(7).
    private static let longestSocketPath = 103

    /// Reads an absolute URL (RFC 3986) of the scheme `http`, `https` or `http+unix`.
    ///
    /// User information is refused, since URLs are logged by every hop; fragments are refused, since they are never sent.
    ///
    /// - Throws: ``URLFault``.
    package init(parsing text: String) throws(URLFault) {
        if let bad = text.utf8.first(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            throw URLFault(reason: "it holds the byte 0x\(String(bad, radix: 16)); percent-encode it")
        }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw URLFault(reason: "write it in full, such as http://127.0.0.1:15020/quitquitquit")
        }
        let scheme = text[..<colon].lowercased()
        let rest = text[colon...].dropFirst(3)
        if rest.contains("#") { throw URLFault(reason: "a fragment (#…) is never sent; leave it out") }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let tail = rest[authorityEnd...]
        if authority.contains("@") {
            throw URLFault(reason: "credentials in a URL are not kept secret; use a header with fromFile")
        }
        if authority.isEmpty, scheme != "http+unix" { throw URLFault(reason: "the host is missing") }

        self.text = text
        requestTarget = tail.hasPrefix("/") ? String(tail) : "/" + tail
        switch scheme {
        case "http": endpoint = try Self.network(authority, defaultPort: 80, isTLS: false)
        case "https": endpoint = try Self.network(authority, defaultPort: 443, isTLS: true)
        case "http+unix":
            guard let path = Self.percentDecoded(authority), path.hasPrefix("/"),
                path.utf8.count <= Self.longestSocketPath
            else {
                throw URLFault(
                    reason:
                        "write the socket's absolute path, at most \(Self.longestSocketPath) bytes, percent-encoded as the "
                        + "host, such as http+unix://%2Frun%2Fproxy.sock/quit")
            }
            endpoint = .unixSocket(path: path)
        default:
            throw URLFault(reason: "the scheme must be http, https or http+unix")
        }
    }

    private static func network(
        _ authority: Substring, defaultPort: Int, isTLS: Bool
    ) throws(URLFault) -> Endpoint {
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else {
                throw URLFault(reason: "the IPv6 address lacks its closing bracket")
            }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw URLFault(reason: "write :port behind the IPv6 address")
            }
            guard Self.isAddress(host, family: AF_INET6) else {
                throw URLFault(reason: "\"\(host)\" is no IPv6 address")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            if let colon = authority.lastIndex(of: ":") {
                host = authority[..<colon]
                portText = authority[authority.index(after: colon)...]
            }
            guard !host.isEmpty, host.utf8.count <= 253,
                host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") })
            else { throw URLFault(reason: "\"\(host)\" is no host name; put an IPv6 address into brackets") }
            let isNumeric = host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
            if isNumeric, !Self.isAddress(host, family: AF_INET) {
                throw URLFault(
                    reason: "\"\(host)\" is no IPv4 address; write four numbers from 0 to 255, such as 127.0.0.1")
            }
        }
        var port = defaultPort
        if let portText {
            guard portText.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(portText),
                (1...65_535).contains(number)
            else {
                throw URLFault(reason: "the port must be a number from 1 to 65535")
            }
            port = number
        }
        return .network(host: String(host), port: port, isTLS: isTLS)
    }

    private static func isAddress(_ text: Substring, family: Int32) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(family, String(text), &address) == 1
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, rest.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), value != 0
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
