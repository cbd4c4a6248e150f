import ConfigModel

extension Scenario {
    /// Everything but the places, for comparing.
    var essence: [String] {
        [
            "\(seed)", "\(timeLimit)", "\(processes)", "\(endpoints)", "\(files)", "\(programs)", "\(events)",
            "\(expectations.map(\.value))", "\(configurations.map(\.value))",
        ]
    }
}
