import Presentation

/// What holds for every text that goes to a terminal or a log.
enum PrintedText {
    /// Every line has its end, and nothing but line ends and tabs steers the output.
    static func check(_ text: String, _ what: String) throws(BrokenPromise) {
        try BrokenPromise.unless(
            text.isEmpty || text.hasSuffix("\n"), "\(what) ends its last line", text.debugDescription)
        try checkCharacters(text, what)
    }

    /// One line without its end.
    static func checkLine(_ text: String, _ what: String) throws(BrokenPromise) {
        let bad = text.unicodeScalars.first(where: \.steersOutput)
        try BrokenPromise.unless(bad == nil, "\(what) is one line that steers no terminal", text.debugDescription)
    }

    /// Nothing but line ends and tabs steers the output.
    static func checkCharacters(_ text: String, _ what: String) throws(BrokenPromise) {
        let bad = text.unicodeScalars.first { $0.steersOutput && $0 != "\n" && $0 != "\t" }
        try BrokenPromise.unless(bad == nil, "\(what) steers no terminal", text.debugDescription)
    }

    /// JSON that a strict reader takes, and takes for the same value.
    static func check(_ value: JSONValue, _ what: String) throws(BrokenPromise) {
        for text in [value.compact, value.pretty] {
            let read: JSONValue?
            do throws(JSONFault) {
                read = try JSONReader.value(of: text)
            } catch {
                throw BrokenPromise("\(what) is JSON: \(error.description) in \(text.debugDescription)")
            }
            try BrokenPromise.unless(read == value, "\(what) is read back as it was", text.debugDescription)
            try checkCharacters(text, what)
        }
        try checkLine(value.compact, what)
    }
}
