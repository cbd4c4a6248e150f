internal import Glibc

/// What regcomp(3) and regexec(3) make of an expression, to hold Knell's own reading against.
enum SystemRegex {
    /// Whether the expression matches; `nil` where regcomp refuses it. The subject holds no NUL.
    static func matches(_ text: String, _ subject: [UInt8]) -> Bool? {
        var regex = unsafe regex_t()
        guard unsafe regcomp(&regex, text, REG_EXTENDED | REG_NOSUB) == 0 else { return nil }
        defer { unsafe regfree(&regex) }
        let ended = subject.map { CChar(bitPattern: $0) } + [0]
        return unsafe regexec(&regex, ended, 0, nil, 0) == 0
    }
}
