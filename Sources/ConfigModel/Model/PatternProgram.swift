/// An expression as a list of instructions, which is run over a text once, with all ways of matching side by side.
///
/// The texts are what other processes of the pod call themselves, so no text may cost much: a run takes time in
/// proportion to the text times the size of the expression, and memory in proportion to the expression alone. regexec(3)
/// begins anew at every byte, which takes minutes for 128 KiB of arguments, and keeps what it has learned of a text.
struct PatternProgram: Sendable {
    /// Small and without references, since running it is mostly reading it.
    private struct Instruction {
        enum Kind: UInt8 {
            /// Takes a byte of the set number `first` and goes on with the next instruction.
            case take
            /// Goes on with `first` and with `second`.
            case fork
            /// Goes on with `first`.
            case jump
            case textStart
            case textEnd
            case accept
        }

        let kind: Kind
        var first: Int32 = 0
        var second: Int32 = 0
    }

    private var instructions: [Instruction] = []
    private var sets: [ByteSet] = []
    /// The bytes with which a match can begin, at the beginning of the text and behind it.
    private var firstAtStart = ByteSet()
    private var firstBehind = ByteSet()
    /// Whether nothing at all is a match at the beginning of a text and at its end, where the two are not the same place.
    private var acceptsNothingAtStart = false
    private var acceptsNothingAtEnd = false

    /// How many instructions there are: ``PatternSyntax/expandedSize``, and the last.
    var size: Int { instructions.count }

    /// Compiles a parsed expression, whose size the parser has bounded.
    init(_ root: PatternSyntax.Node) {
        var numbers: [ByteSet: Int32] = [:]
        append(root, &numbers)
        instructions.append(Instruction(kind: .accept))
        (acceptsNothingAtStart, firstAtStart) = beginning(isStart: true, isEnd: false)
        (_, firstBehind) = beginning(isStart: false, isEnd: false)
        (acceptsNothingAtEnd, _) = beginning(isStart: false, isEnd: true)
    }

    /// Whether nothing at all is a match at such a place, and the bytes with which a match can begin there.
    private func beginning(isStart: Bool, isEnd: Bool) -> (acceptsNothing: Bool, bytes: ByteSet) {
        var cells = Frontier.memory(for: instructions.count)
        var memory = cells.mutableSpan
        var frontier = Frontier(size: instructions.count)
        let acceptsNothing = frontier.follow(0, in: instructions.span, isStart: isStart, isEnd: isEnd, &memory)
        frontier.advance()
        var bytes = ByteSet()
        for place in frontier.waiting { bytes.formUnion(sets[Int(instructions[Int(memory[place])].first)]) }
        return (acceptsNothing, bytes)
    }

    /// Whether some part of `text` is what the expression describes.
    func matches(_ text: [UInt8]) -> Bool {
        if text.isEmpty { return beginning(isStart: true, isEnd: true).acceptsNothing }
        if acceptsNothingAtStart || acceptsNothingAtEnd { return true }
        // Most texts hold nothing with which a match could begin, and need no memory.
        var position = 0
        if !firstAtStart.contains(text[0]) {
            guard let first = text[1...].firstIndex(where: { firstBehind.contains($0) }) else { return false }
            position = first
        }
        var cells = Frontier.memory(for: instructions.count)
        var memory = cells.mutableSpan
        var frontier = Frontier(size: instructions.count)
        let (code, sets, text) = (instructions.span, sets.span, text.span)
        while position < text.count {
            let byte = text[position]
            if position == 0 ? firstAtStart.contains(byte) : firstBehind.contains(byte) {
                _ = frontier.follow(0, in: code, isStart: position == 0, isEnd: false, &memory)
            }
            position += 1
            frontier.advance()
            for place in frontier.waiting {
                let index = memory[place]
                if sets[Int(code[Int(index)].first)].contains(byte),
                    frontier.follow(index + 1, in: code, isStart: false, isEnd: position == text.count, &memory)
                {
                    return true
                }
            }
        }
        return false
    }

    // MARK: Running

    /// The instructions that are reached at one position of the text, and those of the position before.
    ///
    /// Its memory is the caller's, so that nothing is counted or checked for other references on every step. It has four
    /// cells for each instruction: the round in which it was last reached; a place on the stack of those that are still
    /// to be followed; and a place in either list of those that wait for a byte.
    private struct Frontier {
        private let size: Int
        private var round: Int32 = 1
        /// The cells of those that wait for the present byte.
        private(set) var waiting: Range<Int>
        /// The cells of those that wait for the next one.
        private var reached: Range<Int>

        static func memory(for size: Int) -> [Int32] { Array(repeating: 0, count: 4 * size) }

        init(size: Int) {
            self.size = size
            waiting = 2 * size..<2 * size
            reached = 3 * size..<3 * size
        }

        /// Goes on to the next position: what was reached now waits.
        mutating func advance() {
            (waiting, reached) = (reached, waiting.lowerBound..<waiting.lowerBound)
            round += 1
        }

        /// Reaches all that can be reached without a byte; whether that is the end of the expression.
        mutating func follow(
            _ start: Int32, in code: Span<Instruction>, isStart: Bool, isEnd: Bool, _ memory: inout MutableSpan<Int32>
        ) -> Bool {
            var top = size
            var next = start
            while true {
                if memory[Int(next)] != round {
                    memory[Int(next)] = round
                    let instruction = code[Int(next)]
                    switch instruction.kind {
                    case .take:
                        memory[reached.upperBound] = next
                        reached = reached.lowerBound..<reached.upperBound + 1
                    case .fork:
                        memory[top] = instruction.second
                        top += 1
                        next = instruction.first
                        continue
                    case .jump:
                        next = instruction.first
                        continue
                    case .textStart, .textEnd:
                        if instruction.kind == .textStart ? isStart : isEnd {
                            next += 1
                            continue
                        }
                    case .accept: return true
                    }
                }
                if top == size { return false }
                top -= 1
                next = memory[top]
            }
        }
    }

    // MARK: Compiling

    /// The place of the next instruction.
    private var here: Int32 { Int32(instructions.count) }

    private mutating func append(_ node: PatternSyntax.Node, _ numbers: inout [ByteSet: Int32]) {
        switch node {
        case .bytes(let set):
            let number = numbers[set] ?? Int32(sets.count)
            if number == sets.count {
                sets.append(set)
                numbers[set] = number
            }
            instructions.append(Instruction(kind: .take, first: number))
        case .lineStart: instructions.append(Instruction(kind: .textStart))
        case .lineEnd: instructions.append(Instruction(kind: .textEnd))
        case .concatenation(let parts):
            for part in parts { append(part, &numbers) }
        case .alternation(let parts): append(alternatives: parts, &numbers)
        case .repetition(let part, let atLeast, let atMost?):
            for _ in 0..<atLeast { append(part, &numbers) }
            append(part, optionally: atMost - atLeast, &numbers)
        case .repetition(let part, let atLeast, nil):
            for _ in 0..<max(0, atLeast - 1) { append(part, &numbers) }
            append(part, endlessly: atLeast == 0, &numbers)
        }
    }

    private mutating func append(alternatives parts: [PatternSyntax.Node], _ numbers: inout [ByteSet: Int32]) {
        var exits: [Int] = []
        for part in parts.dropLast() {
            let fork = reserve(.fork)
            append(part, &numbers)
            exits.append(reserve(.jump))
            instructions[fork].second = here
        }
        if let last = parts.last { append(last, &numbers) }
        for exit in exits { instructions[exit].first = here }
    }

    /// Up to `count` copies, each of which may be the last.
    private mutating func append(
        _ part: PatternSyntax.Node, optionally count: Int, _ numbers: inout [ByteSet: Int32]
    ) {
        var forks: [Int] = []
        for _ in 0..<count {
            forks.append(reserve(.fork))
            append(part, &numbers)
        }
        for fork in forks { instructions[fork].second = here }
    }

    /// A loop around one copy, which is all that it takes: a second one would double with every group around it. It may
    /// be passed over, or is gone through once at least.
    private mutating func append(
        _ part: PatternSyntax.Node, endlessly mayBePassedOver: Bool, _ numbers: inout [ByteSet: Int32]
    ) {
        let entry = mayBePassedOver ? reserve(.jump) : nil
        let start = here
        append(part, &numbers)
        if let entry { instructions[entry].first = here }
        instructions.append(Instruction(kind: .fork, first: start, second: here + 1))
    }

    /// The place of an instruction whose target is not known yet; a fork goes on with the next one as well.
    private mutating func reserve(_ kind: Instruction.Kind) -> Int {
        instructions.append(Instruction(kind: kind, first: here + 1))
        return instructions.count - 1
    }
}
