import Glibc

/// Standard output without a buffer, so that nothing is lost where a walk crashes.
enum StandardOutput {
    /// Writes the text and a line end; what cannot be written is lost.
    static func print(_ text: String) { write(text, to: 1) }
}

/// Standard error, as ``StandardOutput``.
enum StandardError {
    /// Writes the text and a line end; what cannot be written is lost.
    static func print(_ text: String) { write(text, to: 2) }
}

private func write(_ text: String, to descriptor: Int32) {
    let bytes = Array("\(text)\n".utf8)
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        written += count
    }
}
