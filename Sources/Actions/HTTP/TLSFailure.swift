internal import NIOSSL

/// A failure of TLS, in words that say what to change.
struct TLSFailure {
    /// The connection ended, without a word about TLS.
    let isEndOfConnection: Bool
    let advice: String

    /// `nil` for an error that has nothing to do with TLS.
    init?(_ error: any Error) {
        switch error {
        case NIOSSLError.handshakeFailed(let reason): self.init(reason)
        case NIOSSLError.uncleanShutdown: self.init(isEndOfConnection: true, advice: "the connection ended")
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            self.init(isEndOfConnection: false, advice: Self.untrusted)
        case let error as NIOSSLError: self.init(isEndOfConnection: false, advice: "\(error)")
        case let error as BoringSSLError: self.init(error)
        case let error as NIOSSLExtraError:
            self.init(
                isEndOfConnection: false,
                advice: error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
                    ? "the server's certificate is for another host name or address than the URL's" : "\(error)")
        default: return nil
        }
    }

    private static let untrusted =
        "the server's certificate cannot be verified: it has expired, or its authority is unknown; "
        + "set tls.caFile to the authority's certificate"

    private init(isEndOfConnection: Bool, advice: String) {
        self.isEndOfConnection = isEndOfConnection
        self.advice = advice
    }

    private init(_ error: BoringSSLError) {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case .sslError(let errors), .unknownError(let errors), .invalidSNIName(let errors),
            .failedToSetALPN(let errors):
            stack = errors
        case .zeroReturn, .syscallError:
            self.init(isEndOfConnection: true, advice: "the connection ended")
            return
        default:
            self.init(isEndOfConnection: false, advice: "\(error)")
            return
        }
        if stack.contains(.eofDuringHandshake) {
            self.init(isEndOfConnection: true, advice: "the connection ended")
            return
        }
        self.init(isEndOfConnection: false, advice: Self.advice(for: stack.map { Self.reason(in: "\($0)") }))
    }

    /// BoringSSL's name of the reason, such as `WRONG_VERSION_NUMBER`, cut out of
    /// `Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at file:1`.
    private static func reason(in text: String) -> String {
        let words = text.utf8.split(separator: UInt8(ascii: ":"))
        guard let marker = words.firstIndex(where: { $0.elementsEqual("OPENSSL_internal".utf8) }),
            marker + 1 < words.endIndex
        else { return "" }
        return String(decoding: words[marker + 1].prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    private static func advice(for reasons: [String]) -> String {
        for reason in reasons {
            switch reason {
            case "CERTIFICATE_VERIFY_FAILED": return untrusted
            case "TLSV1_ALERT_CERTIFICATE_REQUIRED", "TLSV13_ALERT_CERTIFICATE_REQUIRED":
                return "the server asks for a client certificate; set tls.certificateFile and tls.keyFile"
            case "SSLV3_ALERT_BAD_CERTIFICATE", "TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
                "SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "TLSV1_ALERT_ACCESS_DENIED":
                return "the server does not accept the certificate in tls.certificateFile"
            case "SSLV3_ALERT_HANDSHAKE_FAILURE":
                return "the server ended the handshake; it may want a client certificate (tls.certificateFile)"
            case "WRONG_VERSION_NUMBER", "HTTP_REQUEST":
                return "the peer does not speak TLS; use http:// or another port"
            case "TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL":
                return "the server has no version of TLS in common with Knell, which speaks 1.2 and later"
            case "KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH":
                return "tls.keyFile is not the key of the certificate in tls.certificateFile"
            default: continue
            }
        }
        let named = reasons.filter { !$0.isEmpty }.joined(separator: ", ")
        return named.isEmpty ? "the handshake failed" : "the handshake failed: \(named)"
    }
}
