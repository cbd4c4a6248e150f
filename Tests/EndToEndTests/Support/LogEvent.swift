import Foundation

/// A line of Knell's log, read by a JSON reader that is not Knell's own.
struct LogEvent: CustomStringConvertible {
    /// The line as it was written.
    let description: String
    private let fields: [String: Any]

    /// - Throws: ``KnellFault`` where the line is no JSON object.
    init(_ line: String) throws {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)),
            let fields = object as? [String: Any]
        else { throw KnellFault("this line of the log is no JSON object: \(line)") }
        description = line
        self.fields = fields
    }

    /// The stable name.
    var name: String { self["event"] ?? "" }

    /// The keys, in no order.
    var keys: Set<String> { Set(fields.keys) }

    subscript(key: String) -> String? { fields[key] as? String }

    subscript(key: String) -> Int? { fields[key] as? Int }

    /// Whether the text under each key is the one given, numbers written as text.
    func has(_ wanted: [String: String]) -> Bool {
        wanted.allSatisfy { key, value in self[key] == value || (self[key] as Int?).map(String.init) == value }
    }
}

/// Why a test cannot go on.
struct KnellFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
