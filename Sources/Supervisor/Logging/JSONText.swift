/// Builds one JSON object on one line.
struct JSONObject {
    private var text = "{"
    private var isEmpty = true

    /// The object so far, closed.
    var closed: String { text + "}" }

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        addRaw(key, Self.quoted(value))
    }

    mutating func add(_ key: String, _ value: (some BinaryInteger)?) {
        guard let value else { return }
        addRaw(key, String(value))
    }

    mutating func add(_ key: String, _ values: [JSONObject]) {
        addRaw(key, "[" + values.map(\.closed).joined(separator: ",") + "]")
    }

    mutating func add(_ key: String, _ values: [String]) {
        addRaw(key, "[" + values.map(Self.quoted).joined(separator: ",") + "]")
    }

    /// Adds `"key":true`, or nothing.
    mutating func addFlag(_ key: String, _ value: Bool) {
        if value { addRaw(key, "true") }
    }

    private mutating func addRaw(_ key: String, _ value: String) {
        if !isEmpty { text += "," }
        isEmpty = false
        text += "\"\(key)\":\(value)"
    }

    /// A JSON string, RFC 8259 section 7; C1 controls are escaped too, since text logs go to terminals, which obey them.
    static func quoted(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
