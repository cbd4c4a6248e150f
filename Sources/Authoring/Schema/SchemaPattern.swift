internal import ConfigModel

/// Regular expressions of the schema: ECMA 262 without look-around, so that checkers in Go and Rust compile them too.
///
/// Each accepts at least what the decoder accepts.
enum SchemaPattern {
    /// No NUL, which ends a text for the kernel.
    static let text = #"^[^\u0000]*$"#
    static let dnsLabel = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
    static let path = #"^/[^\u0000]*[^/\u0000]$"#
    static let pathWithVariables = #"^(/|\$\()[^\u0000]*[^/\u0000]$"#
    static let duration = #"^(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$"#
    /// Octal permission bits that are quoted.
    static let fileMode = "^(0o)?0?[0-7]{3}$"
    /// Digits alone would be a uid in quotes, which is refused.
    static let userName = #"^[^\u0000]*[^0-9\u0000][^\u0000]*$"#
    static let method = "^[A-Z-]{1,32}$"
    static let statusClass = "^[1-5]xx$"
    /// One line, RFC 9110 section 5.5.
    static let headerValue = #"^[^\u0000-\u0008\u000A-\u001F\u007F]*$"#
    /// A token, RFC 9110 section 5.6.2.
    static let headerName = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$"

    /// Headers that belong to the connection.
    static let connectionHeader =
        "^("
        + ["connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"]
        .map(inEitherCase).joined(separator: "|") + ")$"

    /// A signal's name without SIG, or its number in quotes; names with SIG are listed for editors to offer.
    static let signal =
        "^((SIG)?(" + Signal.names.map(\.name).joined(separator: "|") + #")|\+?0*([1-9]|[1-5][0-9]|6[0-4]))$"#

    /// An absolute URL without user information and fragment; anything that holds a variable may become one.
    static let url =
        "^(" + inEitherCase("http") + "(" + inEitherCase("s") + #"|\+"# + inEitherCase("unix") + ")?://"
        + #"[!-"$-.0->A-~]+([/?][!-"$-~]*)?|[^\u0000]*\$\([^\u0000]*)$"#

    /// A POSIX extended regular expression, as far as it can be told from other dialects: no `\d` and its like, no `(?`.
    static let pattern: String = {
        let bracket = #"\[\^?\]?(\[:[a-z]+:\]|[^\]\u0000])*\]"#
        let escape = #"\\[^0-9A-Za-z\u0000]"#
        func atom(_ others: String) -> String { "[^\(others)]|\(escape)|\(bracket)" }
        return "^(" + atom(#"\\\[(\u0000"#) + #"|\(+("# + atom(#"\\\[(?\u0000"#) + "))*$"
    }()

    private static func inEitherCase(_ word: String) -> String {
        word.map { $0.isLetter ? "[\($0.uppercased())\($0)]" : String($0) }.joined()
    }
}
