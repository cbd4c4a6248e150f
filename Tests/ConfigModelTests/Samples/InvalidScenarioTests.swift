import ConfigModel
import FoundationEssentials
import SupervisorCore
import Testing

struct InvalidScenarioTests {
    /// Whether the golden files are written anew instead of being compared: `UPDATE_GOLDEN=1 swift test --filter …`.
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    /// The scenario beside the sample `istio.yaml`, as `knell simulate` reads the two.
    private static func reading(_ sample: SampleFile) throws -> ScenarioReading {
        var reading = ScenarioReading(try sample.bytes(), eventNames: LogRecord.Name.allCases.map(\.rawValue))
        let istio = try #require(SampleFile.valid.first { $0.name == "istio.yaml" })
        let plan = try #require(ConfigurationReading(try istio.bytes(), environment: reading.environment).plan)
        reading.check(against: [plan])
        return reading
    }

    @Test(arguments: SampleFile.invalidScenarios)
    func everyFaultIsToldAsTheGoldenFileHasIt(sample: SampleFile) throws {
        let reading = try Self.reading(sample)
        #expect(reading.scenario == nil)
        let text = reading.render(fileName: sample.name)
        if Self.updates { try Data(text.utf8).write(to: sample.expected) }
        #expect(text == String(decoding: try Data(contentsOf: sample.expected), as: UTF8.self))
    }

    @Test(arguments: SampleFile.invalidScenarios)
    func faultsAreSortedByTheirPlaceAndShowNoSecret(sample: SampleFile) throws {
        let reading = try Self.reading(sample)
        let marks = reading.diagnostics.map(\.span.start)
        #expect(marks == marks.sorted())
        for secret in ["hunter2", "12345", "67890"] {
            #expect(!reading.render(fileName: sample.name).contains(secret))
        }
    }

    @Test(arguments: SampleFile.scenarios)
    func everySampleScenarioIsValid(sample: SampleFile) throws {
        let reading = ScenarioReading(try sample.bytes(), eventNames: LogRecord.Name.allCases.map(\.rawValue))
        #expect(reading.render(fileName: sample.name) == "")
        #expect(reading.scenario?.expectations.isEmpty == false)
    }

    @Test(arguments: SampleFile.valid)
    func everySampleHasAScenario(sample: SampleFile) {
        #expect(SampleFile.scenarios.contains { $0.name == sample.name })
    }
}
