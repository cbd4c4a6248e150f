/// The bytes of one input, handed out piece by piece.
struct InputParts {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// The next byte; 0 behind the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number from 0 to `bound` − 1.
    mutating func number(below bound: Int) -> Int { Int(byte()) % bound }

    /// Everything up to `separator`, which is taken too, or to the end.
    mutating func bytes(until separator: UInt8) -> [UInt8] {
        let end = rest.firstIndex(of: separator) ?? rest.endIndex
        defer { rest = rest[end...].dropFirst() }
        return Array(rest[..<end])
    }

    /// The next part as text, bytes that are no UTF-8 replaced.
    mutating func text(until separator: UInt8 = 0) -> String {
        String(decoding: bytes(until: separator), as: UTF8.self)
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}
