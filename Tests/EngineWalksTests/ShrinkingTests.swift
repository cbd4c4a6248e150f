import Testing

@testable import EngineWalks

struct ShrinkingTests {
    /// Twenty choices, each of its own key.
    private static let large = Case(
        Dictionary(uniqueKeysWithValues: (0..<20).map { (ChoiceKey(.lifetime, $0, 1, 2), 1_000 + $0) }))

    private static let first = ChoiceKey(.lifetime, 3, 1, 2)
    private static let second = ChoiceKey(.lifetime, 17, 1, 2)

    private static func shrink(limit: Int = 1_000, test: @escaping (Case) -> Bool) -> Shrinking {
        var shrinking = Shrinking(large, breaking: .once, limit: limit) { candidate in
            test(candidate) ? Shrinking.Finding(needed: candidate, events: 9) : nil
        }
        shrinking.run()
        return shrinking
    }

    @Test func leavesOutWhatIsNotNeeded() {
        let shrinking = Self.shrink { $0.choices[Self.first] != nil && $0.choices[Self.second] != nil }
        #expect(Set(shrinking.smallest.choices.keys) == [Self.first, Self.second])
    }

    @Test func lowersWhatIsNeeded() {
        let shrinking = Self.shrink { $0.choices[Self.first] ?? 0 >= 37 }
        #expect(shrinking.smallest == Case([Self.first: 37]))
    }

    @Test func takesOverWhatTheTestSaysWasNeeded() {
        var shrinking = Shrinking(Self.large, breaking: .once, limit: 1_000) { candidate in
            candidate.choices[Self.first].map { Shrinking.Finding(needed: Case([Self.first: $0]), events: 9) }
        }
        shrinking.run()
        #expect(shrinking.smallest == Case([Self.first: 1]))
    }

    @Test func keepsAChoiceThatSparesManyEvents() {
        var shrinking = Shrinking(Self.large, breaking: .once, limit: 1_000) { candidate in
            Shrinking.Finding(needed: candidate, events: candidate.choices[Self.first] == nil ? 160 : 20)
        }
        shrinking.run()
        #expect(shrinking.smallest == Case([Self.first: 1]))
    }

    @Test func triesNoMoreThanItMay() {
        let shrinking = Self.shrink(limit: 7) { $0.choices[Self.first] != nil }
        #expect(shrinking.tries == 7)
        #expect(shrinking.smallest.choices[Self.first] != nil)
    }

    @Test func triesNothingMoreWhenItIsLate() {
        var left = 7
        var shrinking = Shrinking(
            Self.large, breaking: .once, limit: 1_000,
            isLate: {
                left -= 1
                return left < 0
            }
        ) { candidate in
            candidate.choices[Self.first].map { _ in Shrinking.Finding(needed: candidate, events: 9) }
        }
        shrinking.run()
        #expect(shrinking.tries > 0 && shrinking.tries < 7)
        #expect(shrinking.smallest.choices[Self.first] != nil)
    }

    @Test func keepsWhatCannotBeMadeSmaller() {
        #expect(Self.shrink { $0 == Self.large }.smallest == Self.large)
    }
}

struct ChoicesTests {
    private static let key = ChoiceKey(.lifetime, 1, 2, 3)

    @Test func choosesTheSimplestWhereACaseIsSilent() {
        var choices = Choices(Case())
        let number = choices.number(Self.key, below: 9)
        let picked = choices.pick(Self.key, ["first", "second"])
        let isSo = choices.chance(Self.key, 100)
        let time = choices.time(Self.key, upTo: 500)
        #expect(number == 0)
        #expect(picked == "first")
        #expect(!isSo)
        #expect(time == .zero)
        #expect(choices.made == Case())
    }

    @Test func choosesAsACaseHasItAsFarAsThatGoes() {
        var choices = Choices(Case([Self.key: 700]))
        let number = choices.number(Self.key, below: 9)
        let time = choices.time(Self.key, upTo: 1_000)
        #expect(number == 8)
        #expect(time == .milliseconds(700))
        #expect(choices.made == Case([Self.key: 700]))
    }

    @Test func choosesTheSameWhateverWasChosenBefore() {
        var first = Choices(seed: 5)
        var second = Choices(seed: 5)
        for number in 0..<50 { _ = second.number(ChoiceKey(.status, number), below: 100) }
        let alone = first.number(Self.key, below: 1_000_000)
        let afterOthers = second.number(Self.key, below: 1_000_000)
        #expect(alone == afterOthers)
    }

    @Test func choosesByTheSeed() {
        let numbers = (UInt64(0)..<50).map { seed in
            var choices = Choices(seed: seed)
            return choices.number(Self.key, below: 1_000_000)
        }
        #expect(Set(numbers).count > 45)
    }

    @Test(arguments: [
        Case(), Case([ChoiceKey(.hasRule): 1]), Case([ChoiceKey(.hasRule, 0, 0, 2): 1, ChoiceKey(.order, 7): 3]),
        Case([ChoiceKey(.lifetime, 65_535, 0, 1): 8_000]),
    ])
    func writesACaseDownAndReadsItBack(known: Case) {
        #expect(Case(text: known.text) == known)
    }

    @Test(arguments: ["hasRule", "hasRule=", "hasRule=x", "nothing=1", "hasRule/x=1", "hasRule/1/2/3/4=1"])
    func refusesWhatIsNoCase(text: String) {
        #expect(Case(text: text) == nil)
    }
}
