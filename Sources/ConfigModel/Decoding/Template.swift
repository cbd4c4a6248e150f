/// Text with references to environment variables, written as in a Kubernetes manifest.
///
/// `$(NAME)` stands for the variable, `$$` for a dollar sign (so `$$(NAME)` for the characters `$(NAME)`); a `$` before
/// anything else stands for itself.
package enum Template {
    /// The text with every reference replaced, and the names that have no value, each once, in their order.
    package static func expand(_ text: String, _ lookUp: (String) -> String?) -> (text: String, undefined: [String]) {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return (text, []) }
        var result = ""
        var undefined: [String] = []
        // By scalars: a combining mark behind a sign makes another character of it, but no other sign.
        var rest = text.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            result.unicodeScalars.append(contentsOf: rest[..<dollar])
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else if rest.first == "(", let close = rest.firstIndex(of: ")") {
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
        return (result + String(rest), undefined)
    }
}
