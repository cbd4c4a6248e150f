/// Text with references to environment variables, written as in a Kubernetes manifest.
///
/// `$(NAME)` stands for the variable, `$$` for a dollar sign (so `$$(NAME)` for the characters `$(NAME)`); a `$` before
/// anything else stands for itself.
enum Template {
    /// The text with every reference replaced, and the names that have no value, each once, in their order.
    static func expand(_ text: String, _ lookUp: (String) -> String?) -> (text: String, undefined: [String]) {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return (text, []) }
        var result = ""
        var undefined: [String] = []
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.hasPrefix("$") {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.hasPrefix("("), let close = rest.firstIndex(of: ")") {
                let name = String(rest[rest.index(after: rest.startIndex)..<close])
                if let value = lookUp(name) {
                    result += value
                } else if !undefined.contains(name) {
                    undefined.append(name)
                }
                rest = rest[rest.index(after: close)...]
            } else {
                result += "$"
            }
        }
        return (result + rest, undefined)
    }
}
