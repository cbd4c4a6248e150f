internal import ConfigModel
internal import Presentation

extension JSONObject {
    /// An object of these members, in this order.
    init(_ members: [(String, JSONValue)]) {
        self.init()
        for (key, value) in members { add(key, value) }
    }

    /// The schema of a string; JSON Schema counts characters, of which a text has no more than bytes.
    static func string(pattern: String? = nil, shortest: Int = 0, longest: Int? = nil) -> JSONObject {
        var object = JSONObject([("type", .string("string"))])
        object.add("pattern", pattern)
        if shortest > 0 { object.add("minLength", shortest) }
        object.add("maxLength", longest)
        return object
    }

    private static func integer(_ range: ClosedRange<Int>) -> JSONObject {
        var object = JSONObject([("type", .string("integer"))])
        object.add("minimum", range.lowerBound)
        object.add("maximum", range.upperBound)
        return object
    }

    private static func any(_ schemas: [JSONObject]) -> JSONObject {
        JSONObject([("anyOf", .array(schemas.map { .object($0) }))])
    }

    /// The schema of a value that is neither list nor mapping; a precondition of the caller's.
    static func scalar(_ type: ValueType) -> JSONObject {
        switch type {
        case .version: return JSONObject([("type", .string("integer")), ("const", .integer(1))])
        case .text(let maxBytes, _): return .string(pattern: SchemaPattern.text, longest: maxBytes)
        case .dnsLabel: return .string(pattern: SchemaPattern.dnsLabel, longest: 63)
        case .absolutePath(let hasVariables):
            return .string(
                pattern: hasVariables ? SchemaPattern.pathWithVariables : SchemaPattern.path, longest: Limits.pathBytes)
        case .pattern: return .string(pattern: SchemaPattern.pattern, shortest: 1, longest: 4_096)
        case .duration: return .string(pattern: SchemaPattern.duration)
        case .integer(let range): return .integer(range)
        case .boolean: return JSONObject([("type", .string("boolean"))])
        case .fileMode:
            // Unquoted, 0644 is 644 to YAML 1.2 and 420 to YAML 1.1, so of a number only the range can be checked.
            return .any([.string(pattern: SchemaPattern.fileMode), .integer(0...777)])
        case .choice(let names): return JSONObject([("enum", .array(names.map { .string($0) }))])
        case .user: return .any([.integer(0...4_294_967_294), .string(pattern: SchemaPattern.userName, longest: 256)])
        case .signal:
            let names = Signal.names.map { JSONValue.string("SIG" + $0.name) }
            return .any([
                JSONObject([("enum", .array(names))]), .string(pattern: SchemaPattern.signal), .integer(1...64),
            ])
        case .url: return .string(pattern: SchemaPattern.url)
        case .method:
            var object = JSONObject.string(pattern: SchemaPattern.method)
            object.add("not", JSONObject([("const", .string("CONNECT"))]))
            return object
        case .status: return .any([.integer(100...599), .string(pattern: SchemaPattern.statusClass)])
        case .exitCode: return .integer(0...255)
        case .headerValue, .list, .map, .mapping, .either:
            preconditionFailure("no scalar: \(type.phrase)")
        }
    }
}
