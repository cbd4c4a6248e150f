import ArgumentParser
import ConfigModel
import LinuxProcesses
import Presentation
import Simulation
import Supervisor
import SupervisorCore

/// `knell simulate`: what a configuration does in a pod that a scenario describes.
struct SimulateCommand: ParsableCommand {
    /// How the result is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a configuration in virtual time against a scenario, and check what is expected of it.",
        discussion: """
            The scenario is a YAML file: processes that start and end, endpoints and their answers, signals, and what must \
            come of it. The timeline goes to standard output, expectations that do not hold to standard error. The exit \
            code is 0, 1 when an expectation does not hold, 78 when a file is invalid, 66 when one cannot be read.

            Examples:
              knell simulate knell.yaml scenario.yaml
              knell simulate --format json knell.yaml scenario.yaml | jq .verdict
            """)

    @Argument(
        help: ArgumentHelp("The configuration, - for standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Argument(
        help: ArgumentHelp("The scenario.", valueName: "scenario"), completion: .file(extensions: ["yaml", "yml"]))
    var scenario: String

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var format = Format.text

    @Option(help: ArgumentHelp("Decides the jitter of retries, in place of the scenario's.", valueName: "number"))
    var seed: UInt64?

    func validate() throws {
        if scenario == "-" { throw ValidationError("The scenario has to be a file.") }
    }

    func run() throws {
        var reading = ScenarioReading(
            try contents(of: scenario, "the scenario"), eventNames: LogRecord.Name.allCases.map(\.rawValue))
        let first = try configuration(file, reading.environment)
        var others: [String: ConfigurationReading] = [:]
        for name in reading.configurations {
            others[name] = try configuration(path(besideScenario: name), reading.environment)
        }
        let plans = ([first] + others.values).compactMap(\.plan)
        // Without all plans nobody knows which rules there are.
        if plans.count == 1 + others.count { reading.check(against: plans) }

        StandardStreams.printError(reading.render(fileName: scenario, style: StandardStreams.errorStyle))
        StandardStreams.printError(
            first.render(fileName: ConfigurationFile.displayName(file), style: StandardStreams.errorStyle))
        for name in reading.configurations {
            let text = others[name]?.render(fileName: path(besideScenario: name), style: StandardStreams.errorStyle)
            StandardStreams.printError(text ?? "")
        }
        guard let plan = first.plan, let scenario = reading.scenario, plans.count == 1 + others.count else {
            throw KnellExitCode.invalidConfiguration
        }
        try simulate(plan, scenario, others.compactMapValues(\.plan), reading)
    }

    private func simulate(
        _ plan: Plan, _ scenario: Scenario, _ others: [String: Plan], _ reading: ScenarioReading
    ) throws {
        let result = Simulation.run(plan, in: scenario, configurations: others, seed: seed)
        let judgements = result.judge(scenario.expectations)
        switch format {
        case .text:
            let text = SimulationText(style: StandardStreams.outputStyle)
            StandardStreams.print(text.render(result, judgements, of: scenario))
        case .json:
            let object = JSONObject(simulation: result, judgements)
            StandardStreams.print(JSONValue.object(object).pretty + "\n")
        }
        let unmet = judgements.filter { !$0.holds }.map { (expectation: $0.expectation, reason: $0.reason) }
        StandardStreams.printError(
            reading.render(unmet, fileName: self.scenario, style: StandardStreams.errorStyle))
        if !unmet.isEmpty { throw ExitCode.failure }
        // A simulation that was given up shows nothing, whatever is expected.
        if case .overload(let reason) = result.ending {
            StandardStreams.printFault("the simulation was given up: \(reason)")
            throw ExitCode.failure
        }
    }

    private func configuration(
        _ path: String, _ environment: ConfigurationEnvironment
    ) throws -> ConfigurationReading {
        ConfigurationReading(try contents(of: path, "the configuration"), environment: environment)
    }

    private func contents(of path: String, _ what: String) throws -> [UInt8] {
        do {
            return try ConfigurationFile.contents(of: path)
        } catch {
            StandardStreams.printFault("cannot read \(what): \(error)")
            throw KnellExitCode.noInput
        }
    }

    /// The path of a file that the scenario names.
    private func path(besideScenario name: String) -> String {
        guard !name.hasPrefix("/"), let slash = scenario.lastIndex(of: "/") else { return name }
        return scenario[...slash] + name
    }
}
