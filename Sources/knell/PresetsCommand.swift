import ArgumentParser
import ConfigModel
import Presentation

/// `knell presets`: the table of shutdown presets.
struct PresetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "Print the table of shutdown presets: what each does and assumes.",
        discussion: """
            What stands in the first column is written behind `shutdown:` in a configuration.

            Examples:
              knell presets
              knell presets | grep -i sql
            """)

    func run() {
        var table = TextTable(header: ["PRESET", "DOES", "PRODUCT", "ASSUMES"])
        for preset in Preset.all { table.add([preset.name, preset.summary, preset.product, preset.assumes]) }
        StandardStreams.print(table.text(style: StandardStreams.outputStyle))
    }
}
