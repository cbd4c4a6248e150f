import Glibc

/// What regcomp(3) and regexec(3) themselves say of a pattern and a subject; `nil` when the pattern does not compile.
func posixMatches(_ pattern: String, _ subject: String, ignoringCase: Bool = false) -> Bool? {
    posixMatches(pattern, Array(subject.utf8), ignoringCase: ignoringCase)
}

/// The same on bytes, none of which is NUL.
func posixMatches(_ pattern: String, _ subject: [UInt8], ignoringCase: Bool = false) -> Bool? {
    var regex = unsafe regex_t()
    let flags = REG_EXTENDED | REG_NOSUB | (ignoringCase ? REG_ICASE : 0)
    guard unsafe regcomp(&regex, pattern, flags) == 0 else { return nil }
    defer { unsafe regfree(&regex) }
    let text = subject.map { CChar(bitPattern: $0) } + [0]
    return unsafe regexec(&regex, text, 0, nil, 0) == 0
}
