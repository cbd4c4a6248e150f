/// Why a text is no pattern, worded for a diagnostic.
package struct PatternFault: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case syntax
        /// POSIX has no such thing, though other dialects do.
        case unsupported
        /// Compiling it would cost more than a configuration may.
        case tooLarge
    }

    /// Where in the text, counted in UTF-8 bytes from 0.
    package let offset: Int
    package let reason: String
    package let kind: Kind
}

/// The structure of a POSIX extended regular expression (POSIX.1-2017, XBD 9.4).
///
/// It is what a ``PatternProgram`` is made from; and it says what to write where other dialects differ, bounds what
/// intervals may expand to, and finds patterns that can never match.
package struct PatternSyntax {
    /// A part of an expression.
    package indirect enum Node {
        case bytes(ByteSet)
        case lineStart
        case lineEnd
        case concatenation([Node])
        case alternation([Node])
        case repetition(Node, atLeast: Int, atMost: Int?)
    }

    /// The most bytes of text.
    static let longestText = 4_096
    /// The most copies that one interval such as `{1,255}` may stand for, nested ones multiplied.
    static let largestInterval = 256
    /// Groups within groups.
    static let deepestGroup = 32

    package let root: Node
    /// The instructions of its ``PatternProgram``, but for the last: what the cost of matching grows with.
    package let expandedSize: Int
    /// The positions that lie within intervals, each as often as it is copied.
    let intervalSize: Int

    /// Parses `text` and bounds it.
    ///
    /// With `ignoresCase`, every set that the text writes holds its letters in either case; a negated one holds neither.
    ///
    /// - Throws: ``PatternFault`` for the first fault.
    package init(parsing text: String, ignoresCase: Bool = false) throws(PatternFault) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else {
            throw PatternFault(offset: 0, reason: "it is empty, so it would match every process", kind: .syntax)
        }
        guard bytes.count <= Self.longestText else {
            throw PatternFault(offset: 0, reason: "it is longer than \(Self.longestText) bytes", kind: .tooLarge)
        }
        var parser = PatternParser(bytes, ignoresCase: ignoresCase)
        root = try parser.parse()
        let size = root.size
        (expandedSize, intervalSize) = (size.instructions, size.copies)
        if intervalSize > Self.largestInterval {
            throw PatternFault(
                offset: 0, reason: "its intervals stand for more than \(Self.largestInterval) copies; nest fewer {m,n}",
                kind: .tooLarge)
        }
    }

    /// Why no process name can match, or `nil` when some can.
    ///
    /// A name has 1 to 255 bytes and no `/`: the kernel takes it from the last component of a path.
    package var reasonNoNameMatches: String? {
        if !root.canMatch(preceded: false, followed: false, excluding: ByteSet(UInt8(ascii: "/"))) {
            return root.canMatch(preceded: false, followed: false, excluding: ByteSet())
                ? "a process name holds no \"/\"; match the path with executable or commandLine"
                : "\"^\" and \"$\" stand where the name cannot begin or end; write \\^ or \\$ for the characters"
        }
        return root.minimumLength > 255 ? "a process name has at most 255 bytes" : nil
    }

    /// Why no text at all can match, or `nil` when some can.
    package var reasonNothingMatches: String? {
        root.canMatch(preceded: false, followed: false, excluding: ByteSet())
            ? nil : "\"^\" and \"$\" stand where the text cannot begin or end; write \\^ or \\$ for the characters"
    }
}

extension PatternSyntax.Node {
    /// How much there is of a part once intervals are written out.
    struct Size {
        /// Places that take a byte or hold at an end.
        var positions = 0
        /// What a ``PatternProgram`` makes of them.
        var instructions = 0
        /// Positions within intervals.
        var copies = 0

        /// Saturated, since nested intervals multiply.
        static func + (left: Size, right: Size) -> Size {
            Size(
                positions: min(left.positions + right.positions, 1 << 20),
                instructions: min(left.instructions + right.instructions, 1 << 20),
                copies: min(left.copies + right.copies, 1 << 20))
        }

        static func * (size: Size, times: Int) -> Size {
            Size(
                positions: min(size.positions * times, 1 << 20),
                instructions: min(size.instructions * times, 1 << 20), copies: size.copies)
        }
    }

    /// What the part costs.
    var size: Size {
        switch self {
        case .bytes, .lineStart, .lineEnd: return Size(positions: 1, instructions: 1)
        case .concatenation(let parts): return parts.reduce(Size()) { $0 + $1.size }
        case .alternation(let parts):
            // A fork and a jump for each but the last.
            return parts.reduce(Size(instructions: 2 * (parts.count - 1))) { $0 + $1.size }
        case .repetition(let part, let atLeast, let atMost):
            var size = part.size * (atMost ?? max(1, atLeast))
            // A fork for each copy that may be left out; or one that goes back, and a jump that passes over the loop.
            size.instructions += atMost.map { $0 - atLeast } ?? (atLeast == 0 ? 2 : 1)
            if max(atLeast, atMost ?? 0) > 1 { size.copies = size.positions }
            return size
        }
    }

    /// The fewest bytes that a match consumes.
    var minimumLength: Int {
        switch self {
        case .bytes: 1
        case .lineStart, .lineEnd: 0
        case .concatenation(let parts): parts.reduce(0) { min($0 + $1.minimumLength, 1 << 30) }
        case .alternation(let parts): parts.map(\.minimumLength).min() ?? 0
        case .repetition(let part, let atLeast, _): min(part.minimumLength, 1 << 20) * atLeast
        }
    }

    /// Whether a match is possible when bytes certainly stand before or behind this part, and some bytes never occur.
    func canMatch(preceded: Bool, followed: Bool, excluding absent: ByteSet) -> Bool {
        switch self {
        case .bytes(let set): return !set.subtracting(absent).isEmpty
        case .lineStart: return !preceded
        case .lineEnd: return !followed
        case .alternation(let parts):
            return parts.contains { $0.canMatch(preceded: preceded, followed: followed, excluding: absent) }
        case .concatenation(let parts):
            let lengths = parts.map(\.minimumLength)
            return parts.indices.allSatisfy { index in
                parts[index].canMatch(
                    preceded: preceded || lengths[..<index].contains { $0 > 0 },
                    followed: followed || lengths[(index + 1)...].contains { $0 > 0 },
                    excluding: absent)
            }
        case .repetition(let part, let atLeast, _):
            return atLeast == 0 || part.canMatch(preceded: preceded, followed: followed, excluding: absent)
        }
    }
}

/// A set of byte values.
package struct ByteSet: Hashable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(_ byte: UInt8) { insert(byte) }

    /// Every byte but NUL, which no name and no argument holds.
    static let any: ByteSet = {
        var set = ByteSet()
        for byte in UInt8(1)...255 { set.insert(byte) }
        return set
    }()

    var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// Whether the byte is a member.
    package func contains(_ byte: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(byte & 63)
        return switch byte >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        default: words.3 & bit != 0
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    /// With every letter of ASCII in either case.
    var ignoringCase: ByteSet {
        var set = self
        for lower in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(lower) || contains(lower - 32) {
            set.insert(lower)
            set.insert(lower - 32)
        }
        return set
    }

    func subtracting(_ other: ByteSet) -> ByteSet {
        var result = self
        result.words.0 &= ~other.words.0
        result.words.1 &= ~other.words.1
        result.words.2 &= ~other.words.2
        result.words.3 &= ~other.words.3
        return result
    }

    package static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
