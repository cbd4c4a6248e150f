/// What a choice is about; its number is part of the choice's key, and its name is how a case is written down.
package enum Topic: UInt8, Hashable, Sendable, CaseIterable {
    // The configuration. The keys of a rule: its place, the part's place, and which generation of the part.
    case policy, drainTime
    case hasRule, hasTarget, targetKind, until, startTimeout, onStartTimeout, gracePeriod
    case hasExitCode, endedCode, unknownCode, ending
    case hasAction, actionKind, whenRefused, whenDropped, sleepTime, timeout, attempts, delay, thenGone, runsWhen,
        onFailure
    // Its later versions: the version, and the rule's place.
    case edit, swapsNames, order, newPolicy

    // The machine. Processes: kind, and place among the kind's lines of descent and generation in it.
    case startsLate, jitter
    case hasProcess, birthTime, takesPIDOfTheDead, parent, dies, lifetime, status, endDelay, endsTwice,
        endsFalsely, falseEndTime
    case hasSuccessor, successorDelay
    // Looks at the process table, by their number.
    case soundness, hasOutage, outageTime, outageLength, scanFails, readingDelay, answerDelay
    // Attempts: rule, action and number.
    case isSilent, answer, attemptTime, ignoresCancel, cancelTime, staysThere, goneTime
    // What comes from outside, by number.
    case hasStop, stopKind, stopTime, isAbandoned, abandonedAs, abandonTime
    case hasReload, reloadTime, reloadVersion
    case hasJump, jumpTime, jumpLength
    case hasStray, strayKind, strayTime
    // Wake-ups, by number.
    case lateness, worldFirst

    /// Whether the choice is the configuration's, which walks of one block share.
    var isOfPlan: Bool { rawValue < Topic.startsLate.rawValue }
}

/// One choice: its topic and up to three numbers that say which of its kind.
///
/// The key says what is chosen, not when, so a choice stays the same when others are taken away.
package struct ChoiceKey: Hashable, Sendable, Comparable {
    package let topic: Topic
    /// The three numbers, each cut to 16 bits.
    fileprivate let place: UInt64

    init(_ topic: Topic, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0) {
        self.topic = topic
        place = [first, second, third].reduce(0) { $0 << 16 | UInt64(truncatingIfNeeded: $1) & 0xFFFF }
    }

    /// The three numbers.
    var numbers: [Int] { [32, 16, 0].map { Int(place >> $0 & 0xFFFF) } }

    package static func < (left: ChoiceKey, right: ChoiceKey) -> Bool {
        (left.topic.rawValue, left.place) < (right.topic.rawValue, right.place)
    }

    /// The key as one number, to be mixed with a seed.
    var number: UInt64 { UInt64(topic.rawValue) << 48 | place }
}

/// The choices of one walk, all that are not the simplest one.
package struct Case: Hashable, Sendable {
    package var choices: [ChoiceKey: Int]

    package init(_ choices: [ChoiceKey: Int] = [:]) { self.choices = choices }

    /// The case in one line, such as `hasTarget/0/1=1 startTimeout/0/1=2`: numbers that are 0 at the end are left out.
    package var text: String {
        choices.keys.sorted().map { key in
            var numbers = key.numbers
            while numbers.last == 0 { numbers.removeLast() }
            return (["\(key.topic)"] + numbers.map(String.init)).joined(separator: "/") + "=\(choices[key] ?? 0)"
        }.joined(separator: " ")
    }

    /// Reads ``text`` back; `nil` where it is none.
    package init?(text: String) {
        let topics = Dictionary(uniqueKeysWithValues: Topic.allCases.map { ("\($0)", $0) })
        var choices: [ChoiceKey: Int] = [:]
        for part in text.split(separator: " ") {
            let sides = part.split(separator: "=")
            guard sides.count == 2, let value = Int(sides[1]) else { return nil }
            let names = sides[0].split(separator: "/")
            let numbers = names.dropFirst().compactMap { Int($0) } + [0, 0, 0]
            guard let topic = names.first.flatMap({ topics[String($0)] }), numbers.count == names.count + 2,
                names.count <= 4
            else {
                return nil
            }
            choices[ChoiceKey(topic, numbers[0], numbers[1], numbers[2])] = value
        }
        self.choices = choices
    }
}
