/// An expression as a list of instructions, which is run over a text once, with all ways of matching side by side.
///
/// The texts are what other processes of the pod call themselves, so no text may cost much: a run takes time in
/// proportion to the text times the size of the expression, and memory in proportion to the expression alone. regexec(3)
/// begins anew at every byte, which takes minutes for 128 KiB of arguments, and keeps what it has learned of a text.
struct PatternProgram: Sendable {
    private enum Instruction {
        /// Takes a byte of the set and goes on with the next instruction.
        case take(ByteSet)
        /// Goes on in both places.
        case fork(Int, Int)
        case jump(Int)
        case textStart
        case textEnd
        case accept
    }

    private var instructions: [Instruction] = []
    /// The bytes with which a match can begin, at the beginning of the text and behind it.
    private var firstAtStart = ByteSet()
    private var firstBehind = ByteSet()
    /// Whether nothing at all is a match at the beginning of a text and at its end, where the two are not the same place.
    private var acceptsNothingAtStart = false
    private var acceptsNothingAtEnd = false

    /// Compiles a parsed expression, whose size the parser has bounded.
    init(_ root: PatternSyntax.Node) {
        append(root)
        instructions.append(.accept)
        var start = Threads(count: instructions.count)
        acceptsNothingAtStart = follow(0, into: &start, isStart: true, isEnd: false)
        firstAtStart = bytes(takenBy: start)
        var behind = Threads(count: instructions.count)
        _ = follow(0, into: &behind, isStart: false, isEnd: false)
        firstBehind = bytes(takenBy: behind)
        var end = Threads(count: instructions.count)
        acceptsNothingAtEnd = follow(0, into: &end, isStart: false, isEnd: true)
    }

    /// Whether some part of `text` is what the expression describes.
    func matches(_ text: [UInt8]) -> Bool {
        if text.isEmpty {
            var threads = Threads(count: instructions.count)
            return follow(0, into: &threads, isStart: true, isEnd: true)
        }
        if acceptsNothingAtStart || acceptsNothingAtEnd { return true }
        // Most texts hold nothing with which a match could begin, and need no memory.
        var position = 0
        if !firstAtStart.contains(text[0]) {
            guard let first = text[1...].firstIndex(where: { firstBehind.contains($0) }) else { return false }
            position = first
        }
        var threads = Threads(count: instructions.count)
        var next = Threads(count: instructions.count)
        while position < text.count {
            let byte = text[position]
            if position == 0 ? firstAtStart.contains(byte) : firstBehind.contains(byte) {
                _ = follow(0, into: &threads, isStart: position == 0, isEnd: false)
            }
            position += 1
            for index in threads.waiting {
                guard case .take(let set) = instructions[index], set.contains(byte) else { continue }
                if follow(index + 1, into: &next, isStart: false, isEnd: position == text.count) { return true }
            }
            swap(&threads, &next)
            next.removeAll()
        }
        return false
    }

    // MARK: Running

    /// The instructions that have been reached at one position of the text.
    private struct Threads {
        /// Those that wait for a byte.
        private(set) var waiting: [Int] = []
        /// Those that are still to be followed; empty between two calls.
        var pending: [Int] = []
        private var round = 1
        private var reachedIn: [Int]

        init(count: Int) { reachedIn = Array(repeating: 0, count: count) }

        /// False where this instruction has been reached before.
        mutating func reach(_ index: Int) -> Bool {
            if reachedIn[index] == round { return false }
            reachedIn[index] = round
            return true
        }

        mutating func wait(at index: Int) { waiting.append(index) }

        mutating func removeAll() {
            waiting.removeAll(keepingCapacity: true)
            round += 1
        }
    }

    /// Reaches all that can be reached without a byte; whether that is the end of the expression.
    private func follow(_ index: Int, into threads: inout Threads, isStart: Bool, isEnd: Bool) -> Bool {
        threads.pending.append(index)
        while let index = threads.pending.popLast() {
            guard threads.reach(index) else { continue }
            switch instructions[index] {
            case .take: threads.wait(at: index)
            case .fork(let one, let other):
                threads.pending.append(other)
                threads.pending.append(one)
            case .jump(let target): threads.pending.append(target)
            case .textStart: if isStart { threads.pending.append(index + 1) }
            case .textEnd: if isEnd { threads.pending.append(index + 1) }
            case .accept:
                threads.pending.removeAll(keepingCapacity: true)
                return true
            }
        }
        return false
    }

    private func bytes(takenBy threads: Threads) -> ByteSet {
        threads.waiting.reduce(into: ByteSet()) { result, index in
            if case .take(let set) = instructions[index] { result.formUnion(set) }
        }
    }

    // MARK: Compiling

    private mutating func append(_ node: PatternSyntax.Node) {
        switch node {
        case .bytes(let set): instructions.append(.take(set))
        case .lineStart: instructions.append(.textStart)
        case .lineEnd: instructions.append(.textEnd)
        case .concatenation(let parts):
            for part in parts { append(part) }
        case .alternation(let parts): append(alternatives: parts)
        case .repetition(let part, let atLeast, let atMost):
            for _ in 0..<atLeast { append(part) }
            if let atMost {
                append(part, optionally: atMost - atLeast)
            } else {
                appendLoop(part)
            }
        }
    }

    private mutating func append(alternatives parts: [PatternSyntax.Node]) {
        var exits: [Int] = []
        for part in parts.dropLast() {
            let fork = reserve()
            append(part)
            exits.append(reserve())
            instructions[fork] = .fork(fork + 1, instructions.count)
        }
        if let last = parts.last { append(last) }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    /// Up to `count` copies, each of which may be the last.
    private mutating func append(_ part: PatternSyntax.Node, optionally count: Int) {
        var forks: [Int] = []
        for _ in 0..<count {
            forks.append(reserve())
            append(part)
        }
        for fork in forks { instructions[fork] = .fork(fork + 1, instructions.count) }
    }

    private mutating func appendLoop(_ part: PatternSyntax.Node) {
        let fork = reserve()
        append(part)
        instructions.append(.jump(fork))
        instructions[fork] = .fork(fork + 1, instructions.count)
    }

    /// The place of an instruction whose target is not known yet.
    private mutating func reserve() -> Int {
        instructions.append(.accept)
        return instructions.count - 1
    }
}
