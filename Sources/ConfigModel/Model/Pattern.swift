internal import Glibc

/// A POSIX extended regular expression, compiled; unanchored, as pgrep has it.
///
/// It works on bytes, in the C locale: a character outside ASCII is matched by its UTF-8 bytes.
package struct Pattern: Sendable {
    /// The expression as written.
    package let text: String
    /// Letters of ASCII match in either case.
    package let ignoresCase: Bool
    private let program: Program

    /// Checks and compiles `text`.
    ///
    /// - Throws: ``PatternFault``, before regcomp(3) sees anything that could make it explode.
    package init(_ text: String, ignoresCase: Bool = false) throws(PatternFault) {
        _ = try PatternSyntax(parsing: text)
        program = try Program(text, ignoresCase: ignoresCase)
        self.text = text
        self.ignoresCase = ignoresCase
    }

    /// Whether some part of `bytes` is what the expression describes.
    package func matches(_ bytes: [UInt8]) -> Bool {
        program.matches(bytes)
    }
}

extension Pattern: Hashable {
    package static func == (left: Pattern, right: Pattern) -> Bool {
        left.text == right.text && left.ignoresCase == right.ignoresCase
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(ignoresCase)
    }
}

/// Owns a compiled `regex_t`: its memory is freed with the last pattern that uses it.
@safe private final class Program: Sendable {
    // regexec(3) does not change what it reads (glibc locks its caches itself), so sharing the pointer is safe.
    nonisolated(unsafe) private let regex: UnsafeMutablePointer<regex_t>

    init(_ text: String, ignoresCase: Bool) throws(PatternFault) {
        // Local until it is compiled: a throwing init whose properties are all set would run deinit as well.
        let regex = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        unsafe regex.initialize(to: regex_t())
        let flags = REG_EXTENDED | REG_NOSUB | (ignoresCase ? REG_ICASE : 0)
        let code = unsafe regcomp(regex, text, flags)
        guard code == 0 else {
            var message = [CChar](repeating: 0, count: 128)
            let length = unsafe regerror(code, regex, &message, message.count)
            unsafe regex.deallocate()
            let bytes = message.prefix(Int(max(1, min(length, message.count))) - 1).map { UInt8(bitPattern: $0) }
            throw PatternFault(
                offset: 0, reason: String(decoding: bytes, as: UTF8.self).lowercased(), kind: .syntax)
        }
        unsafe self.regex = unsafe regex
    }

    deinit {
        unsafe regfree(regex)
        unsafe regex.deallocate()
    }

    func matches(_ bytes: [UInt8]) -> Bool {
        // REG_STARTEND takes the bounds from the match, so the text needs no terminating NUL.
        var bounds = regmatch_t(rm_so: 0, rm_eo: regoff_t(bytes.count))
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else {
                return unsafe regexec(regex, "", 1, &bounds, REG_STARTEND) == 0
            }
            return unsafe regexec(regex, base.assumingMemoryBound(to: CChar.self), 1, &bounds, REG_STARTEND) == 0
        }
    }
}
