internal import SupervisorCore

/// Makes every choice of a walk: by a seed, or as a case has it.
///
/// A choice is a number from 0 on, and 0 is always the simplest: nothing there, no delay, the default. By a seed it is a
/// function of the seed and of the key alone. In a case, what is not named is 0; so a case is made smaller by leaving
/// choices out, and no other choice changes its meaning.
package struct Choices: Sendable {
    private enum Source {
        case seed(UInt64)
        case known(Case)
    }

    private let source: Source
    private let isRecording: Bool
    /// The choices other than 0 so far, where they are recorded.
    private(set) var made = Case()

    /// Choices by chance.
    init(seed: UInt64, isRecording: Bool = false) {
        var generator = SeededGenerator(seed: seed)
        source = .seed(generator.next())
        self.isRecording = isRecording
    }

    /// The choices of a case.
    init(_ known: Case) {
        source = .known(known)
        isRecording = true
    }

    /// A number below `count`.
    mutating func number(_ key: ChoiceKey, below count: Int) -> Int {
        choose(key, below: count) { Int($0 % UInt64(count)) }
    }

    /// One of these, the first being the simplest; how often an element stands there is how likely it is.
    mutating func pick<Element>(_ key: ChoiceKey, _ elements: [Element]) -> Element {
        elements[number(key, below: elements.count)]
    }

    /// True with this chance, in percent; false is the simplest.
    mutating func chance(_ key: ChoiceKey, _ percent: Int) -> Bool {
        choose(key, below: 2) { $0 % 100 < UInt64(percent) ? 1 : 0 } == 1
    }

    /// A time of up to `longest` milliseconds; none at all, short ones and round ones come often, so that things coincide.
    mutating func time(_ key: ChoiceKey, upTo longest: Int) -> Duration {
        .milliseconds(
            choose(key, below: longest + 1) { number in
                let share = Int((number >> 8) % 1_000_003)
                return switch number % 4 {
                case 0: 0
                case 1: share % (max(1, longest / 20) + 1)
                case 2: share % (longest / 100 + 1) * 100
                default: share % (longest + 1)
                }
            })
    }

    private mutating func choose(_ key: ChoiceKey, below count: Int, _ byChance: (UInt64) -> Int) -> Int {
        var value: Int
        switch source {
        case .seed(let seed):
            var generator = SeededGenerator(seed: seed ^ key.number &* 0xD6E8_FEB8_6659_FD93)
            value = byChance(generator.next())
        case .known(let known): value = min(known.choices[key] ?? 0, count - 1)
        }
        if isRecording, value != 0 { made.choices[key] = value }
        return value
    }
}
