import ConfigModel
import FoundationEssentials
import Testing

struct InvalidSampleTests {
    /// Whether the golden files are written anew instead of being compared: `UPDATE_GOLDEN=1 swift test --filter …`.
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test(arguments: SampleFile.invalid)
    func everyFaultIsToldAsTheGoldenFileHasIt(sample: SampleFile) throws {
        let reading = ConfigurationReading(try sample.bytes(), environment: .empty)
        #expect(reading.plan == nil)
        #expect(reading.configuration == nil)
        let text = reading.render(fileName: sample.name)
        if Self.updates { try Data(text.utf8).write(to: sample.expected) }
        #expect(text == String(decoding: try Data(contentsOf: sample.expected), as: UTF8.self))
    }

    @Test(arguments: SampleFile.invalid)
    func faultsAreSortedByTheirPlace(sample: SampleFile) throws {
        let marks = ConfigurationReading(try sample.bytes(), environment: .empty).diagnostics.map(\.span.start)
        #expect(marks == marks.sorted())
    }

    /// A file larger than 1 MiB does not belong into a repository; `YAMLLimitsTests` makes one.
    /// A simulation alone can contradict an expectation.
    @Test(arguments: Diagnostic.Code.allCases.filter { ![.inputTooLarge, .unmetExpectation].contains($0) })
    func everyCodeHasASample(code: Diagnostic.Code) throws {
        let codes = try SampleFile.invalid.flatMap {
            ConfigurationReading(try $0.bytes(), environment: .empty).diagnostics.map(\.code)
        }
        #expect(codes.contains(code))
    }

    @Test(arguments: SampleFile.invalid)
    func noGoldenFileShowsASecret(sample: SampleFile) throws {
        let text = ConfigurationReading(try sample.bytes(), environment: .empty).render(fileName: sample.name)
        for secret in ["s3cret", "hunter2", "12345", "67890"] { #expect(!text.contains(secret)) }
    }
}
