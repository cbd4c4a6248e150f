import ArgumentParser
import ConfigModel

/// `knell presets`: the table of shutdown presets.
struct PresetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "Print the table of shutdown presets: what each does and assumes.")

    func run() {
        let rows = Preset.all.map { [$0.name, $0.summary, $0.product, $0.assumes] }
        let header = ["PRESET", "DOES", "PRODUCT", "ASSUMES"]
        let widths = (0..<3).map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [header] + rows {
            var line = ""
            for column in 0..<3 {
                line += row[column] + String(repeating: " ", count: widths[column] - row[column].count + 2)
            }
            StandardStreams.print(line + row[3] + "\n")
        }
    }
}
