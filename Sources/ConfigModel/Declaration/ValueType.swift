/// What a key of the configuration takes: the one place that decoder, documentation and schema read.
package indirect enum ValueType: Sendable {
    /// The number 1.
    case version
    /// Text with at most this many bytes; `$(NAME)` is replaced where `hasVariables`.
    case text(maxBytes: Int, hasVariables: Bool)
    /// A DNS label (RFC 1123): 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or number.
    case dnsLabel
    /// An absolute path; `$(NAME)` is replaced where `hasVariables`.
    case absolutePath(hasVariables: Bool)
    /// A POSIX extended regular expression.
    case pattern
    /// A duration as Go writes it.
    case duration(ClosedRange<Duration>)
    case integer(ClosedRange<Int>)
    case boolean
    /// Permission bits as octal digits, quoted or not.
    case fileMode
    case choice([String])
    /// A uid, or a name of the user database.
    case user
    /// A signal by name, with or without SIG, or by number.
    case signal
    /// An absolute URL: http, https or http+unix.
    case url
    /// An HTTP method: upper-case letters.
    case method
    /// A status such as 204 or a class such as 2xx.
    case status
    case exitCode
    /// A header's value: text, `{fromFile: PATH}` or `{fromEnv: NAME}`.
    case headerValue
    case list(ValueType, count: ClosedRange<Int>)
    /// Names of the user's choice, each with a value of the type.
    case map(ValueType, count: ClosedRange<Int>)
    case mapping(MappingDeclaration)
    /// The short form, or the mapping.
    case either(ValueType, ValueType)
}

extension ValueType {
    /// The type in the words of the documentation and of diagnostics, such as `a duration`.
    package var phrase: String {
        switch self {
        case .version: "the number 1"
        case .text(_, let hasVariables): hasVariables ? "text, `$(NAME)` replaced" : "text"
        case .dnsLabel: "a DNS label"
        case .absolutePath(let hasVariables): hasVariables ? "an absolute path, `$(NAME)` replaced" : "an absolute path"
        case .pattern: "a POSIX extended regular expression"
        case .duration: "a duration"
        case .integer: "a whole number"
        case .boolean: "`true` or `false`"
        case .fileMode: "octal permission bits"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: " or ")
        case .user: "a uid or a user name"
        case .signal: "a signal's name or number"
        case .url: "a URL (http, https, http+unix), `$(NAME)` replaced"
        case .method: "an HTTP method"
        case .status: "a status or a class such as `2xx`"
        case .exitCode: "an exit code"
        case .headerValue: "text (`$(NAME)` replaced), `{fromFile: PATH}` or `{fromEnv: NAME}`"
        case .list(let element, _): "a list: \(element.phrase)"
        case .map(let value, _): "a mapping of names to: \(value.phrase)"
        case .mapping(let declaration): "a mapping: \(declaration.name)"
        case .either(let short, let long): "\(short.phrase), or \(long.phrase)"
        }
    }

    /// The bound in words, such as `0s to 24h`; `nil` where there is none beyond the type.
    package var boundPhrase: String? {
        switch self {
        case .version, .boolean, .fileMode, .choice, .user, .signal, .url, .method, .status, .pattern, .mapping: nil
        case .text(let maxBytes, _): "at most \(maxBytes) bytes"
        case .dnsLabel: "1 to 63 characters"
        case .absolutePath: "1 to \(Limits.pathBytes) bytes"
        case .duration(let range): "\(range.lowerBound.configText) to \(range.upperBound.configText)"
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .exitCode: "0 to 255"
        case .headerValue: "at most \(Limits.headerValueBytes) bytes"
        case .list(_, let count), .map(_, let count): "\(count.lowerBound) to \(count.upperBound) entries"
        case .either(let short, let long): short.boundPhrase ?? long.boundPhrase
        }
    }
}

/// The bounds that more than one place needs.
package enum Limits {
    /// PATH_MAX less the terminating NUL.
    package static let pathBytes = 4_095
    package static let headerValueBytes = 8_192
    /// The longest duration that any key takes.
    package static let longestDuration = Duration.seconds(366 * 24 * 3_600)
}
