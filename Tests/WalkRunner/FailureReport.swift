import EngineWalks

/// A law that was broken, with the smallest case in which it is.
struct FailureReport {
    /// How long a case is made smaller.
    private static let patience = Duration.seconds(60)

    let breach: Breach
    let original: WalkResult
    let shrinking: Shrinking
    let smallest: WalkResult

    /// Goes the walk of the seed again and makes it small; `nil` where it keeps every law.
    init?(seed: UInt64) {
        SeedBoard.enter(seed, job: 0, shrinkingWithin: Self.patience)
        defer { SeedBoard.leave(job: 0) }
        let original = Walk.recording(seed: seed)
        guard let breach = original.breach else { return nil }
        self.breach = breach
        self.original = original
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        var shrinking = Shrinking(original.made, breaking: breach.law, isLate: { clock.now > end })
        shrinking.run()
        self.shrinking = shrinking
        smallest = Walk.going(shrinking.smallest, isTold: true)
    }

    /// For people: the smallest configuration, what happens with it, and how to see it again.
    func text(seed: UInt64) -> String {
        """
        A law is broken in the walk of seed \(seed): \(breach)

        Shrunk from \(original.made.choices.count) choices and \(original.tally.eventCount) events to \
        \(shrinking.smallest.choices.count) and \(smallest.tally.eventCount), in \(shrinking.tries) tries.

        \(Narrative(smallest).text)
        See the whole walk again:  make walks SEED=\(seed)
        See the smallest case:     make walks CASE='\(shrinking.smallest.text)'

        """
    }
}

/// One walk, told for people.
struct Narrative {
    let text: String

    init(_ result: WalkResult) {
        var text = ""
        for (number, yaml) in result.texts.enumerated() {
            text += "# configuration\(number == 0 ? "" : ", as it is read again")\n\(yaml)\n"
        }
        text += result.story.map { "\($0)\n" }.joined()
        text += result.breach.map { "broken: \($0)\n" } ?? "Every law is kept.\n"
        self.text = text
    }
}
