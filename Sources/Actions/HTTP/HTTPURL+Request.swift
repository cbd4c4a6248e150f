internal import ConfigModel

extension HTTPURL {
    /// The value of the `Host` header, RFC 9110 section 7.2; a Unix socket has no name of its own.
    var hostHeader: String {
        switch endpoint {
        case .unixSocket: return "localhost"
        case .network(let host, let port, let isTLS):
            return port == (isTLS ? 443 : 80) ? Self.bracketed(host) : "\(Self.bracketed(host)):\(port)"
        }
    }

    /// The peer for messages.
    var peer: Peer {
        switch endpoint {
        case .unixSocket(let path): Peer(name: path, isUnixSocket: true)
        case .network(let host, let port, _): Peer(name: "\(Self.bracketed(host)):\(port)", isUnixSocket: false)
        }
    }

    /// The URL put together from its parts, so that the client reads in it what the configuration's reader read.
    var canonicalText: String {
        switch endpoint {
        case .network(let host, let port, let isTLS):
            "\(isTLS ? "https" : "http")://\(Self.bracketed(host)):\(port)\(requestTarget)"
        case .unixSocket(let path): "http+unix://\(Self.percentEncoded(path))\(requestTarget)"
        }
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// The text with every byte percent-encoded that is not unreserved in a URL, RFC 3986 section 2.3.
    private static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
