/// A table in columns for people: as wide as its cells, two blanks between columns.
package struct TextTable: Sendable {
    private let header: [String]
    private var rows: [[String]] = []

    /// A table without rows. The header decides the number of columns.
    package init(header: [String]) { self.header = header }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row. Cells beyond the header are dropped, missing ones are empty.
    package mutating func add(_ cells: [String]) {
        let cells = cells.prefix(header.count).map(\.printable)
        rows.append(cells + [String](repeating: "", count: header.count - cells.count))
    }

    /// The lines, header first, each with its line end; no blanks at the end of a line.
    package func text(style: TerminalStyle = .plain) -> String {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].displayWidth }.max() ?? 0
        }
        func line(_ cells: [String], _ decorate: (String) -> String) -> String {
            var line = ""
            for (column, cell) in cells.enumerated() {
                let isLast = cells[(column + 1)...].allSatisfy(\.isEmpty)
                line += decorate(cell)
                if isLast { break }
                line += String(repeating: " ", count: widths[column] - cell.displayWidth + 2)
            }
            return line + "\n"
        }
        return line(header, style.bold) + rows.map { line($0, { $0 }) }.joined()
    }
}
