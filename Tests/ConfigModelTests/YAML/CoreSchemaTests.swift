import Testing

@testable import ConfigModel

/// YAML 1.2.2 section 10.3.2, against what YAML 1.1 made of the same text.
struct CoreSchemaTests {
    @Test(arguments: ["", "~", "null", "Null", "NULL"])
    func readsNull(text: String) {
        #expect(YAMLScalar.Kind(plain: text) == .null)
    }

    @Test(arguments: [
        ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("FALSE", false),
    ])
    func readsBooleans(text: String, value: Bool) {
        #expect(YAMLScalar.Kind(plain: text) == .boolean(value))
    }

    @Test(arguments: [
        ("0", 0), ("17", 17), ("-17", -17), ("+17", 17), ("0777", 777), ("007", 7), ("0o17", 15), ("0x1F", 31),
        ("0xff", 255), ("9223372036854775807", .max), ("9223372036854775808", .max), ("-99999999999999999999", .min),
        ("0xFFFFFFFFFFFFFFFFFF", .max),
    ])
    func readsIntegersAndSaturatesThoseBeyondEveryRange(text: String, value: Int) {
        #expect(YAMLScalar.Kind(plain: text) == .integer(value))
    }

    @Test(arguments: [
        "1.0", "-1.5", "1e3", "1E-3", "+1.e+2", ".5", "5.", ".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN",
    ])
    func readsFloats(text: String) {
        #expect(YAMLScalar.Kind(plain: text) == .float)
    }

    @Test(arguments: [
        "on", "On", "ON", "off", "yes", "Yes", "no", "NO", "y", "n", "tRUE", "nULL", "1_000", "0b101", "12:30:45", "0x",
        "0o",
        "0o8", "0x-5", "0xG", "0O17", "0X1F", "--1", "+", "-", ".", "e3", "1e", "1e+", "1.2.3", "1.5s", "25s",
        "2024-01-01",
        "<<", "=", "٣", "truе",
    ])
    func leavesEverythingElseAString(text: String) {
        #expect(YAMLScalar.Kind(plain: text) == .string)
    }

    @Test(arguments: ["'1'", "\"true\"", "'null'", "''", "|\n  1\n"])
    func quotedTextIsAlwaysAString(text: String) {
        let list = DiagnosticList()
        guard case .mapping(let entries, _)? = YAMLParser.parse(SourceText(Array("a: \(text)".utf8)), into: list),
            case .scalar(let scalar) = entries[0].value
        else {
            Issue.record("no scalar: \(text)")
            return
        }
        #expect(scalar.kind == .string)
    }
}
