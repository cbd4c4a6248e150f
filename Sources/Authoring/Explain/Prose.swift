internal import Presentation

/// Text that is wrapped when it is shown; parts of it are dimmed, and parts are never broken.
struct Prose: Sendable, ExpressibleByStringLiteral {
    /// What stands between two places where a line may end.
    private struct Word {
        let text: String
        let isDim: Bool
        /// Nothing stands between this and the word before.
        var isAttached = false
    }

    private var words: [Word]

    private init(words: [Word]) { self.words = words }

    /// Words that a line may be broken between.
    init(_ text: String, isDim: Bool = false) {
        words = text.split(separator: " ").map { Word(text: String($0).printable, isDim: isDim) }
        // A sign that ends a phrase belongs to the word before.
        if let first = text.first, ",;:.".contains(first), !words.isEmpty { words[0].isAttached = true }
    }

    init(stringLiteral text: String) { self.init(text) }

    /// Text of the user's that is shown as it is, blanks included.
    static func verbatim(_ text: String) -> Prose { Prose(words: [Word(text: text.printable, isDim: false)]) }

    /// A value, dimmed and marked where it is a default.
    static func value<Value>(_ stated: Stated<Value>, _ show: (Value) -> String) -> Prose {
        Prose(show(stated.value) + (stated.isDefault ? " (default)" : ""), isDim: stated.isDefault)
    }

    /// The same for a value that is shown as prose of its own.
    static func phrase<Value>(of stated: Stated<Value>, _ show: (Value) -> Prose) -> Prose {
        let prose = show(stated.value)
        guard stated.isDefault else { return prose }
        return .of(
            Prose(words: prose.words.map { Word(text: $0.text, isDim: true, isAttached: $0.isAttached) }),
            Prose("(default)", isDim: true))
    }

    /// The parts one after the other; one that begins with a comma and the like is attached to the one before.
    static func of(_ parts: Prose...) -> Prose { Prose(words: parts.flatMap(\.words)) }

    /// The parts with `separator` between them, such as `, ` or ` or `.
    static func list(_ parts: [Prose], separator: Prose) -> Prose {
        guard let first = parts.first else { return "" }
        return parts.dropFirst().reduce(first) { .of($0, separator, $1) }
    }

    var isEmpty: Bool { words.isEmpty }

    /// The lines, none longer than `width` cells where words allow it.
    func lines(width: Int, style: TerminalStyle) -> [String] {
        var lines: [[Word]] = []
        var used = 0
        for unit in units {
            let length = unit.reduce(0) { $0 + $1.text.displayWidth }
            if lines.isEmpty || used + 1 + length > width {
                lines.append(unit)
                used = length
            } else {
                lines[lines.count - 1] += unit
                used += 1 + length
            }
        }
        return lines.map { Self.line($0, style) }
    }

    /// The words, each with those that are attached to it.
    private var units: [[Word]] {
        words.reduce(into: []) { units, word in
            if word.isAttached, !units.isEmpty { units[units.count - 1].append(word) } else { units.append([word]) }
        }
    }

    private static func line(_ words: [Word], _ style: TerminalStyle) -> String {
        var line = ""
        var run = ""
        var isDim = false
        func finish() -> String { isDim ? style.dim(run) : run }
        for (index, word) in words.enumerated() {
            let gap = index == 0 || word.isAttached ? "" : " "
            if word.isDim == isDim {
                run += gap + word.text
            } else {
                line += finish() + gap
                (run, isDim) = (word.text, word.isDim)
            }
        }
        return line + finish()
    }
}

/// Labelled entries in two columns, the second one wrapped.
struct EntryList {
    private var entries: [(label: String, text: Prose)] = []

    mutating func add(_ label: String, _ text: Prose) { entries.append((label, text)) }

    /// The entries as text, `indent` blanks before each line; the labels take `column` cells, or as many as the longest needs.
    func text(indent: Int, column: Int = 0, width: Int = Self.pageWidth, style: TerminalStyle) -> String {
        let column = max(column, (entries.map { $0.label.displayWidth }.max() ?? 0) + 2)
        var text = ""
        for entry in entries {
            let lines = entry.text.lines(width: width - indent - column, style: style)
            let padding = String(repeating: " ", count: column - entry.label.displayWidth)
            let margin = String(repeating: " ", count: indent)
            text += margin + style.cyan(entry.label) + padding + (lines.first ?? "") + "\n"
            for line in lines.dropFirst() { text += margin + String(repeating: " ", count: column) + line + "\n" }
        }
        return text
    }

    /// What fits into a terminal and a pull request alike.
    static let pageWidth = 92
}
