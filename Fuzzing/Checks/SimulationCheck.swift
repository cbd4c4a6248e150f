import ConfigModel
import Presentation
import Reporting
import Simulation
import SupervisorCore

/// A simulation comes to the same whenever it is run, with and without the looks that can show nothing new.
struct SimulationCheck {
    let plan: Plan
    let scenario: Scenario
    let configurations: [String: Plan]

    func run() throws(BrokenPromise) {
        var limits = Simulation.Limits()
        (limits.work, limits.records, limits.matches, limits.comparedBytes) = (2_000, 2_000, 2_000, 200_000)
        let result = Simulation.run(plan, in: scenario, configurations: configurations, limits: limits)
        let judgements = result.judge(scenario.expectations)
        try PrintedText.check(
            SimulationText(style: .plain).render(result, judgements, of: scenario), "the report of a simulation")
        try PrintedText.check(.object(JSONObject(simulation: result, judgements)), "a simulation as JSON")

        let again = Simulation.run(plan, in: scenario, configurations: configurations, limits: limits)
        try BrokenPromise.unless(result.timeline == again.timeline, "a simulation is the same every time")
        limits.passesOverScans = false
        let thorough = Simulation.run(plan, in: scenario, configurations: configurations, limits: limits)
        for ending in [result.ending, thorough.ending] {
            if case .overload = ending { return }
        }
        try BrokenPromise.unless(
            result.timeline == thorough.timeline, "what is passed over shows nothing new",
            "\(result.timeline) and \(thorough.timeline)")
    }
}
