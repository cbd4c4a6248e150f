import ConfigModel
import TestSupport

/// The configurations that a fenced block of YAML stands for.
enum ConfigurationSnippet {
    /// A part of a configuration, by the word behind `yaml`, in the smallest configuration that it fits into.
    static func configuration(of snippet: MarkdownDocument.Snippet) -> String? {
        let watch = "    watch: {processes: [{name: example}]}"
        switch snippet.info {
        case "yaml rule":
            let hasWatch = snippet.lines.contains { $0.hasPrefix("watch:") }
            return lines(["  - name: example"] + (hasWatch ? [] : [watch]), snippet.lines, indentation: 4)
        case "yaml processes":
            return lines(["  - name: example", "    watch:", "      processes:"], snippet.lines, indentation: 8)
        case "yaml actions":
            return lines(["  - name: example", watch, "    actions:"], snippet.lines, indentation: 6)
        default: return nil
        }
    }

    private static func lines(_ head: [String], _ part: [String], indentation: Int) -> String {
        let margin = String(repeating: " ", count: indentation)
        return (["version: 1", "rules:"] + head + part.map { margin + $0 }).map { $0 + "\n" }.joined()
    }

    /// The values of `knell.yaml: |` in a Kubernetes manifest.
    static func embedded(in lines: [String]) -> [String] {
        var configurations: [String] = []
        for (index, line) in lines.enumerated() where line.drop(while: { $0 == " " }) == "knell.yaml: |" {
            let outer = indentation(of: line)
            let block = lines[(index + 1)...].prefix { $0.isEmpty || indentation(of: $0) > outer }
            let margin = block.first.map(indentation) ?? 0
            configurations.append(block.map { $0.dropFirst(margin) + "\n" }.joined())
        }
        return configurations
    }

    private static func indentation(of line: String) -> Int { line.prefix { $0 == " " }.count }

    /// The documents of a stream, such as of several manifests in one file.
    static func documents(in lines: [String]) -> [String] {
        lines.split { $0 == "---" }.map { $0.map { $0 + "\n" }.joined() }
    }
}
