extension Duration {
    /// The duration as the configuration writes it, such as `1m30s`, `1.5s` or `250ms`.
    package var configText: String {
        var (seconds, attoseconds) = components
        if seconds == 0, attoseconds == 0 { return "0s" }
        if seconds == 0, attoseconds > 0, attoseconds % 1_000_000_000_000_000 == 0 {
            return "\(attoseconds / 1_000_000_000_000_000)ms"
        }
        var text = seconds < 0 || attoseconds < 0 ? "-" : ""
        (seconds, attoseconds) = (abs(seconds), abs(attoseconds))
        if seconds >= 3_600 { text += "\(seconds / 3_600)h" }
        if seconds % 3_600 >= 60 { text += "\(seconds % 3_600 / 60)m" }
        let rest = seconds % 60
        if rest > 0 || attoseconds > 0 {
            var fraction = String(attoseconds + 1_000_000_000_000_000_000).dropFirst()
            while fraction.last == "0" { fraction.removeLast() }
            text += "\(rest)" + (fraction.isEmpty ? "" : ".\(fraction)") + "s"
        }
        return text
    }
}
