import ConfigModel

/// A regular expression, a NUL, and a subject: Knell, regexec(3) and a walk by the book say the same of them.
struct PatternCheck {
    private let text: String
    private let subject: [UInt8]

    init(_ bytes: [UInt8]) {
        let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
        text = String(decoding: bytes[..<end], as: UTF8.self)
        subject = bytes[end...].filter { $0 != 0 }
    }

    func run() throws(BrokenPromise) {
        let syntax: PatternSyntax
        do throws(PatternFault) {
            syntax = try PatternSyntax(parsing: text)
        } catch {
            try BrokenPromise.unless(
                (0...text.utf8.count).contains(error.offset) && !error.reason.isEmpty, "a fault is placed and named",
                "\(error)")
            return
        }
        guard let pattern = try? Pattern(text) else {
            throw BrokenPromise("what is read can be matched: \(text.debugDescription)")
        }
        try BrokenPromise.unless(
            pattern.programSize == syntax.expandedSize + 1, "a pattern is compiled to what it was counted for",
            "\(text.debugDescription) to \(pattern.programSize), counted for \(syntax.expandedSize)")
        let matches = pattern.matches(subject)
        try checkPromises(syntax, pattern, matches)
        try checkVariants(pattern, matches)
        guard syntax.expandedSize * (subject.count + 1) <= 65_536 else { return }
        try BrokenPromise.unless(
            PatternWalk(subject).matches(syntax.root) == matches, "a pattern is matched by the book",
            "\(text.debugDescription) on \(subject), Knell says \(matches)")
        guard let expected = SystemRegex.matches(text, subject) else {
            throw BrokenPromise("what Knell takes, regcomp takes: \(text.debugDescription)")
        }
        if glibcKeepsToPOSIX {
            try BrokenPromise.unless(
                expected == matches, "Knell reads a pattern as regexec(3) does",
                "\(text.debugDescription) on \(subject), Knell says \(matches)")
        }
    }

    /// glibc lets ^ and $ hold beside a line end that the pattern itself consumes, as in `$\n`, though it was not asked to
    /// (REG_NEWLINE), and forgets what they want where a repetition copies them, as in `(^.|/)+x`.
    private var glibcKeepsToPOSIX: Bool {
        guard text.utf8.contains(where: { "^$".utf8.contains($0) }) else { return true }
        return !subject.contains(0x0A) && !text.utf8.contains(where: { "*+{".utf8.contains($0) })
    }

    private func checkPromises(
        _ syntax: PatternSyntax, _ pattern: Pattern, _ matches: Bool
    ) throws(BrokenPromise) {
        guard matches else { return }
        try BrokenPromise.unless(
            syntax.reasonNothingMatches == nil, "what can never match does not",
            "\(text.debugDescription) on \(subject)")
        if (1...255).contains(subject.count), !subject.contains(UInt8(ascii: "/")) {
            try BrokenPromise.unless(
                syntax.reasonNoNameMatches == nil, "what matches no name does not",
                "\(text.debugDescription) on \(subject)")
        }
    }

    private func checkVariants(_ pattern: Pattern, _ matches: Bool) throws(BrokenPromise) {
        if matches, let unanchored = pattern.unanchored {
            try BrokenPromise.unless(
                unanchored.matches(subject), "without its anchors a pattern matches no less",
                "\(text.debugDescription) as \(unanchored.text) on \(subject)")
        }
        if let folded = pattern.ignoringCase {
            let hasLetters = (Array(text.utf8) + subject).contains { byte in
                (65...90).contains(byte) || (97...122).contains(byte)
            }
            // Ranges such as [+-z] hold letters without naming them.
            if !hasLetters, !text.utf8.contains(UInt8(ascii: "[")) {
                try BrokenPromise.unless(
                    folded.matches(subject) == matches, "without letters, case makes no difference",
                    "\(text.debugDescription) on \(subject)")
            }
        }
        if pattern.spells(subject) {
            try BrokenPromise.unless(
                subject.count <= text.utf8.count && !subject.isEmpty, "a pattern spells no more than it holds")
        }
    }
}

/// Tries a parsed expression by the book: all places that a part can lead to, from all places where it can begin.
private struct PatternWalk {
    private let subject: [UInt8]

    init(_ subject: [UInt8]) { self.subject = subject }

    func matches(_ node: PatternSyntax.Node) -> Bool { !ends(of: node, from: Set(0...subject.count)).isEmpty }

    private func ends(of node: PatternSyntax.Node, from starts: Set<Int>) -> Set<Int> {
        switch node {
        case .bytes(let set):
            return Set(starts.filter { $0 < subject.count && set.contains(subject[$0]) }.map { $0 + 1 })
        case .lineStart: return starts.intersection([0])
        case .lineEnd: return starts.intersection([subject.count])
        case .alternation(let parts): return parts.reduce(into: []) { $0.formUnion(ends(of: $1, from: starts)) }
        case .concatenation(let parts): return parts.reduce(starts) { ends(of: $1, from: $0) }
        case .repetition(let part, let atLeast, let atMost):
            var places = starts
            for _ in 0..<atLeast { places = ends(of: part, from: places) }
            var reached = places
            var count = atLeast
            while !places.isEmpty, atMost.map({ count < $0 }) ?? true {
                places = ends(of: part, from: places).subtracting(reached)
                reached.formUnion(places)
                count += 1
            }
            return reached
        }
    }
}
