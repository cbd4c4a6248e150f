package import FoundationEssentials

/// One file of the repository's documentation.
package struct MarkdownDocument: Sendable, CustomStringConvertible {
    /// A fenced block.
    package struct Snippet: Sendable {
        /// What stands behind the opening fence, such as `yaml` or `yaml actions`.
        package let info: String
        /// The comment in the line before the fence, such as `invalid`.
        package let remark: String?
        /// The lines between the fences, without the indentation of the fence.
        package let lines: [String]
        /// Where ``lines`` stand in the document.
        package let range: Range<Int>

        package var text: String { lines.map { $0 + "\n" }.joined() }
    }

    /// The top of the repository, found from this file's own place.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// README.md and everything below docs.
    package static let all: [MarkdownDocument] = {
        let docs = root.appending(path: "docs").resolvingSymlinksInPath().path
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: docs)) ?? []
        let below = files.filter { $0.hasSuffix(".md") }.sorted()
        return (["README.md"] + below.map { "docs/\($0)" }).map(MarkdownDocument.init)
    }()

    /// Relative to the top of the repository.
    package let path: String

    package init(path: String) { self.path = path }

    package var description: String { path }

    private var url: URL { Self.root.appending(path: path) }

    package func lines() throws -> [String] {
        let text = try String(contentsOf: url, encoding: .utf8)
        return text.components(separatedBy: "\n").dropLast(text.hasSuffix("\n") ? 1 : 0)
    }

    package func write(_ lines: [String]) throws {
        try lines.map { $0 + "\n" }.joined().write(to: url.resolvingSymlinksInPath(), atomically: true, encoding: .utf8)
    }

    package func snippets() throws -> [Snippet] {
        let lines = try lines()
        var snippets: [Snippet] = []
        var remark: String?
        var index = 0
        while index < lines.count {
            let line = lines[index].drop { $0 == " " }
            index += 1
            guard line.hasPrefix("```") else {
                if line.hasPrefix("<!-- "), line.hasSuffix(" -->") {
                    remark = String(line.dropFirst(5).dropLast(4))
                } else if !line.isEmpty {
                    remark = nil
                }
                continue
            }
            let margin = lines[index - 1].count - line.count
            let start = index
            while index < lines.count, !lines[index].dropFirst(margin).hasPrefix("```") { index += 1 }
            let content = lines[start..<index].map { String($0.dropFirst(margin)) }
            snippets.append(
                Snippet(info: String(line.dropFirst(3)), remark: remark, lines: content, range: start..<index))
            index += 1
            remark = nil
        }
        return snippets
    }

    /// The headings outside of fenced blocks, as they are written.
    package func headings() throws -> [(line: Int, text: String)] {
        let fenced = Set(try snippets().flatMap(\.range))
        return try lines().enumerated().compactMap { index, line in
            guard line.hasPrefix("#"), !fenced.contains(index) else { return nil }
            return (index, String(line.drop { $0 == "#" }.dropFirst()))
        }
    }

    /// What a link to a heading says behind the `#`.
    package static func anchor(of heading: String) -> String {
        let kept = heading.lowercased().filter { $0 == " " || $0.isLetter || $0.isNumber || "-_".contains($0) }
        return String(kept.map { $0 == " " ? "-" : $0 })
    }

    /// The text with what stands between `<!-- NAME -->` and `<!-- end -->` replaced.
    package static func replace(in lines: [String], marker name: String, with content: [String]) -> [String]? {
        guard let start = lines.firstIndex(of: "<!-- \(name) -->"),
            let end = lines[start...].firstIndex(of: "<!-- end -->")
        else { return nil }
        return lines[...start] + content + lines[end...]
    }
}
