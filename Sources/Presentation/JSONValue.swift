/// A JSON value whose objects keep the order of their keys, RFC 8259.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The value on one line, without blanks.
    package var compact: String {
        switch self {
        case .null: "null"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .string(let value): Self.quoted(value)
        case .array(let values): "[" + values.map(\.compact).joined(separator: ",") + "]"
        case .object(let object): object.compact
        }
    }

    /// The value over several lines, two blanks a level; short lists of plain values stay on one line. No line end behind it.
    package var pretty: String { pretty(indentedBy: 0) }

    private func pretty(indentedBy level: Int) -> String {
        let indent = String(repeating: "  ", count: level + 1)
        let closing = "\n" + String(repeating: "  ", count: level)
        switch self {
        case .null, .boolean, .integer, .string: return compact
        case .array(let values):
            if values.allSatisfy(\.isPlain) {
                let line = "[" + values.map(\.compact).joined(separator: ", ") + "]"
                if line.utf8.count <= 100 { return line }
            }
            let lines = values.map { indent + $0.pretty(indentedBy: level + 1) }
            return "[\n" + lines.joined(separator: ",\n") + closing + "]"
        case .object(let object):
            if object.members.isEmpty { return "{}" }
            let lines = object.members.map {
                indent + Self.quoted($0.key) + ": " + $0.value.pretty(indentedBy: level + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + closing + "}"
        }
    }

    private var isPlain: Bool {
        switch self {
        case .null, .boolean, .integer, .string: true
        case .array, .object: false
        }
    }

    /// A JSON string, RFC 8259 section 7; whatever would steer a terminal is escaped too, since logs go to terminals.
    package static func quoted(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // A byte order mark is escaped for readers that drop one wherever it stands.
            case _ where scalar.value < 0x20 || scalar.value >= 0x7F && (scalar.steersOutput || scalar == "\u{FEFF}"):
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// A JSON object, built member by member; what has no value is left out.
package struct JSONObject: Hashable, Sendable {
    /// One pair of an object.
    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// The object on one line, without blanks.
    package var compact: String {
        "{" + members.map { JSONValue.quoted($0.key) + ":" + $0.value.compact }.joined(separator: ",") + "}"
    }

    package mutating func add(_ key: String, _ value: JSONValue?) {
        if let value { members.append(Member(key: key, value: value)) }
    }

    package mutating func add(_ key: String, _ value: String?) { add(key, value.map { .string($0) }) }

    /// Adds a number; one that does not fit into 64 bits becomes the nearest that does.
    package mutating func add(_ key: String, _ value: (some BinaryInteger)?) {
        add(key, value.map { .integer(Int64(clamping: $0)) })
    }

    package mutating func add(_ key: String, _ value: JSONObject?) { add(key, value.map { .object($0) }) }

    package mutating func add(_ key: String, _ values: [JSONObject]) { add(key, .array(values.map { .object($0) })) }

    package mutating func add(_ key: String, _ values: [String]) { add(key, .array(values.map { .string($0) })) }

    /// Adds `"key":true`, or nothing.
    package mutating func addFlag(_ key: String, _ value: Bool) {
        if value { add(key, .boolean(true)) }
    }
}
