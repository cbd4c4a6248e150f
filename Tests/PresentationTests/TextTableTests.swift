import Presentation
import Testing

struct TextTableTests {
    @Test func alignsColumnsByTheCellsThatTheyTake() {
        var table = TextTable(header: ["A", "NAME", "LAST"])
        table.add(["1", "日本", "x"])
        table.add(["22", "b", ""])
        table.add(["3"])
        #expect(table.text() == "A   NAME  LAST\n1   日本  x\n22  b\n3\n")
    }

    @Test func letsNoCellSteerTheTerminal() {
        var table = TextTable(header: ["A"])
        table.add(["x\u{1B}[31m\ny"])
        #expect(table.text() == "A\nx\u{FFFD}[31m\u{FFFD}y\n")
    }

    @Test func setsItsHeaderOffWhereThatIsWanted() {
        let table = TextTable(header: ["A"])
        #expect(table.text(style: TerminalStyle(isColoured: true)) == "\u{1B}[1mA\u{1B}[0m\n")
    }
}
