import ConfigModel
import EngineWalks
import SupervisorCore
import Testing

/// The engine against chance: ``Law`` says what must hold at every step. `make walks` goes many more.
struct WalkTests {
    @Test(arguments: UInt64(0)..<40)
    func keepsEveryLaw(part: UInt64) {
        for number in (part * 10)..<((part + 1) * 10) {
            let block = WalkBlock(number)
            if let failure = block.failure { Issue.record("seed \(failure.seed): \(failure.breach)") }
        }
    }

    @Test func takesEveryWayOut() {
        var reasons: Set<Verdict.Reason> = []
        var outcomes: Set<Outcome> = []
        for seed in UInt64(0)..<600 {
            guard let verdict = Walk.recording(seed: seed).verdict else { continue }
            if case .finalRule = verdict.reason {
                reasons.insert(.finalRule(""))
            } else {
                reasons.insert(verdict.reason)
            }
            outcomes.formUnion(verdict.rules.compactMap(\.outcome))
        }
        #expect(reasons == [.finished, .finalRule(""), .signal(2), .signal(15)])
        #expect(outcomes == Set(Outcome.allCases))
    }

    @Test func meetsEveryKindOfEvent() {
        var tally = WalkTally()
        var machine = MachineTally()
        for number in UInt64(0)..<300 {
            let block = WalkBlock(number)
            tally.add(block.tally)
            machine.add(block.machine)
        }
        for kind in EventKind.allCases { #expect(tally.events[kind.rawValue] > 0, "\(kind)") }
        for kind in EffectKind.allCases { #expect(tally.effects[kind.rawValue] > 0, "\(kind)") }
        for hardship in Hardship.allCases { #expect(tally.hardships[hardship.rawValue] > 0, "\(hardship)") }
        let cells = Moment.allCases.flatMap { moment in EventKind.allCases.map { tally.meetings(moment, $0) } }
        // Of 153. The start meets waiting rules only, and some meetings are rare.
        #expect(cells.count { $0 > 0 } >= 138)
        #expect(machine.births > 0 && machine.deaths > 0 && machine.reuses > 0 && machine.children > 0)
    }

    @Test(arguments: UInt64(1)...20)
    func goesTheSameWayTwice(seed: UInt64) {
        let first = Walk.recording(seed: seed, isTold: true)
        let second = Walk.recording(seed: seed, isTold: true)
        #expect(first.story == second.story)
        #expect(first.verdict == second.verdict)
        #expect(!first.story.isEmpty)
    }

    @Test(arguments: UInt64(1)...20)
    func goesTheWalkOfASeedByItsChoicesAlone(seed: UInt64) {
        let bySeed = Walk.recording(seed: seed, isTold: true)
        let byCase = Walk.going(bySeed.made, isTold: true)
        #expect(byCase.story == bySeed.story)
        #expect(byCase.texts == bySeed.texts)
        #expect(byCase.made == bySeed.made)
    }

    @Test func goesTheSimplestWalk() {
        let simplest = Walk.going(Case(), isTold: true)
        #expect(simplest.breach == nil)
        #expect(simplest.made == Case())
        #expect(simplest.texts == ["version: 1\nrules:\n  - name: r0\n    watch:\n      processes: [{name: a}]\n"])
    }
}
