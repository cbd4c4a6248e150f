import ConfigModel
import TestSupport

/// Renders the declarations of the configuration as Markdown, for docs/configuration.md.
enum ReferenceTables {
    /// One mapping: its sentence and the table of its keys.
    static func lines(for mapping: MappingDeclaration) -> [String] {
        var lines = [mapping.summary]
        if !mapping.alternatives.isEmpty {
            let names = mapping.alternatives.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("Exactly one of \(names) must be there.")
        }
        lines += ["", "| key | type | default | bounds | meaning | example |", "| --- | --- | --- | --- | --- | --- |"]
        for key in mapping.keys {
            let defaultText = key.isRequired ? "*required*" : key.defaultText.map { "`\($0)`" } ?? "–"
            let bounds = key.type.boundPhrase ?? "–"
            lines.append(
                row(["`\(key.name)`", type(key.type), defaultText, bounds, key.summary, "`\(key.example)`"]))
        }
        return lines
    }

    /// The table of shutdown presets.
    static let presets: [String] =
        ["| preset | product | does | assumes |", "| --- | --- | --- | --- |"]
        + Preset.all.map { row(["`\($0.name)`", $0.product, "`\($0.summary)`", $0.assumes]) }

    /// The type's phrase, with a link to every mapping that it speaks of.
    private static func type(_ type: ValueType) -> String {
        switch type {
        case .mapping(let mapping): "a mapping: [\(mapping.name)](#\(MarkdownDocument.anchor(of: mapping.name)))"
        case .list(let element, _): "a list: \(self.type(element))"
        case .map(let value, _): "a mapping of names to: \(self.type(value))"
        case .either(let short, let long): "\(self.type(short)), or \(self.type(long))"
        case .version, .text, .dnsLabel, .absolutePath, .pattern, .duration, .integer, .boolean, .fileMode, .choice,
            .user, .signal, .url, .method, .status, .exitCode, .headerValue:
            type.phrase
        }
    }

    private static func row(_ cells: [String]) -> String {
        let escaped = cells.map { cell in cell.map { $0 == "|" ? "\\|" : String($0) }.joined() }
        return "| " + escaped.joined(separator: " | ") + " |"
    }
}
