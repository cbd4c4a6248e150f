import Presentation

/// Why a text is no JSON.
struct JSONFault: Error {
    let description: String
}

/// Reads JSON as strictly as RFC 8259 allows, so that what Knell writes is judged by other code than wrote it.
///
/// Numbers are integers here, as Knell writes no others; duplicate keys are faults.
struct JSONReader {
    private var rest: ArraySlice<UInt8>

    static func value(of text: String) throws(JSONFault) -> JSONValue {
        var reader = JSONReader(rest: Array(text.utf8)[...])
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.rest.isEmpty else { throw JSONFault(description: "text behind the value") }
        return value
    }

    private mutating func skipBlanks() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    private mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    private mutating func expect(_ word: String) throws(JSONFault) {
        guard take(word) else { throw JSONFault(description: "\(word) is missing") }
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        skipBlanks()
        if take("null") { return .null }
        if take("true") { return .boolean(true) }
        if take("false") { return .boolean(false) }
        switch rest.first {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "{"): return .object(try object())
        default: return .integer(try integer())
        }
    }

    private mutating func array() throws(JSONFault) -> [JSONValue] {
        try expect("[")
        skipBlanks()
        if take("]") { return [] }
        var values: [JSONValue] = []
        repeat {
            values.append(try value())
            skipBlanks()
        } while take(",")
        try expect("]")
        return values
    }

    private mutating func object() throws(JSONFault) -> JSONObject {
        try expect("{")
        var object = JSONObject()
        skipBlanks()
        if take("}") { return object }
        var keys: Set<[UInt8]> = []
        repeat {
            skipBlanks()
            let key = try string()
            guard keys.insert(Array(key.utf8)).inserted else { throw JSONFault(description: "a key stands twice") }
            skipBlanks()
            try expect(":")
            object.add(key, try value())
            skipBlanks()
        } while take(",")
        try expect("}")
        return object
    }

    private mutating func integer() throws(JSONFault) -> Int64 {
        let digits = rest.prefix { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
        let text = String(decoding: digits, as: UTF8.self)
        let magnitude = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let number = Int64(text), magnitude == "0" || !magnitude.hasPrefix("0") else {
            throw JSONFault(description: "a value is missing")
        }
        rest = rest.dropFirst(digits.count)
        return number
    }

    private mutating func string() throws(JSONFault) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONFault(description: "a string is no UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0x00..<0x20: throw JSONFault(description: "a control character in a string")
            default: text.append(byte)
            }
        }
        throw JSONFault(description: "a string is not closed")
    }

    private mutating func escape() throws(JSONFault) -> [UInt8] {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return [0x22]
        case UInt8(ascii: "\\"): return [0x5C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            let digits = rest.prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw JSONFault(description: "an escape stands for no character") }
            rest = rest.dropFirst(4)
            return Array(String(Character(scalar)).utf8)
        default: throw JSONFault(description: "an unknown escape")
        }
    }
}
