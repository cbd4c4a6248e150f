import ConfigModel
import SupervisorCore
import TestSupport
import Testing

/// The engine against chance: see ``RandomWalk`` for what must hold at every step.
struct RandomWalkTests {
    /// So many walks share a plan, since reading one takes as long as walking.
    private static let walksPerPlan: UInt64 = 5

    @Test(arguments: UInt64(0)..<30)
    func keepsItsAccountsInOrder(part: UInt64) throws {
        for planSeed in (part * 20)..<((part + 1) * 20) {
            let orders = try RandomPlan(seed: planSeed).orders.map { try Plan.parsing($0) }
            for seed in (planSeed * Self.walksPerPlan)..<((planSeed + 1) * Self.walksPerPlan) {
                var walk = RandomWalk(of: orders[0], inOrders: orders, seed: seed)
                do {
                    _ = try walk.run()
                } catch {
                    Issue.record("plan \(planSeed), seed \(seed): \(error)")
                }
            }
        }
    }

    @Test func takesEveryWayOut() throws {
        var reasons: Set<Verdict.Reason> = []
        var outcomes: Set<Outcome> = []
        for seed in UInt64(0)..<300 {
            var walk = RandomWalk(of: try Plan.parsing(RandomPlan(seed: seed).yaml), seed: seed)
            let verdict = try walk.run()
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

    @Test(arguments: UInt64(1)...20)
    func goesTheSameWayTwice(seed: UInt64) throws {
        let plan = try Plan.parsing(RandomPlan(seed: seed).yaml)
        var first = RandomWalk(of: plan, seed: seed)
        var second = RandomWalk(of: plan, seed: seed)
        #expect(try first.run() == second.run())
        #expect(first.story == second.story)
    }
}
