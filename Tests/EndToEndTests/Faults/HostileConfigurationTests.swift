import TestSupport
import Testing

/// Configurations that want Knell to explode: refused within 2 s of CPU time and 64 MiB.
@Suite(.timeLimit(.minutes(10)))
struct HostileConfigurationTests {
    /// A configuration and the code of the diagnostic that refuses it; `nil` where it may pass.
    struct Hostility: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: String?
        let bytes: @Sendable () -> [UInt8]

        init(_ what: String, _ code: String?, _ text: @escaping @Sendable () -> String) {
            (testDescription, self.code) = (what, code)
            bytes = { Array(text().utf8) }
        }

        init(_ what: String, _ code: String, bytes: @escaping @Sendable () -> [UInt8]) {
            (testDescription, self.code, self.bytes) = (what, code, bytes)
        }
    }

    private static let hostilities = [
        Hostility("an alias bomb", "too-many-nodes") {
            var text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            for level in 1...12 {
                text +=
                    "x-\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
            }
            return text + good
        },
        Hostility("an alias bomb of merge keys", "too-many-nodes") {
            var text = "x-0: &a0 {\((0..<100).map { "k\($0): v" }.joined(separator: ", "))}\n"
            for level in 1...12 {
                text +=
                    "x-\(level): &a\(level) {\((0..<9).map { "m\($0): {<<: *a\(level - 1)}" }.joined(separator: ", "))}\n"
            }
            return text + good
        },
        Hostility("100,000 brackets", "too-deep") { String(repeating: "[", count: 100_000) },
        Hostility("100,000 braces", "too-deep") { String(repeating: "{a: ", count: 100_000) },
        Hostility("100,000 levels of indentation", nil) { String(repeating: "- ", count: 100_000) },
        Hostility("2 MiB", "input-too-large") { String(repeating: "# a comment\n", count: (2 << 20) / 12) },
        Hostility("a NUL", "invalid-character") { good + "x-a: \"\u{0}\"\n" },
        Hostility("invalid UTF-8", "invalid-character") {
            Array(good.utf8) + Array("x-a: ".utf8) + [0xC3, 0x28, 0x0A]
        },
        Hostility("an alias of itself", "recursive-alias") { "x-a: &a [*a]\n" + good },
        Hostility("an expression that explodes", "pattern-too-large") {
            "version: 1\nrules:\n  - {name: r, watch: {processes: [{name: '((((a{1,255}){1,255}){1,255}){1,255}){1,255}'}]}}\n"
        },
        Hostility("an expression of nested loops", nil) {
            let nested = String(repeating: "(", count: 30) + "a" + String(repeating: ")+", count: 30)
            return "version: 1\nrules:\n  - {name: r, watch: {processes: [{name: '\(nested)b'}]}}\n"
        },
        Hostility("an expression of 10,000 parentheses", nil) {
            let nested = String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000)
            return "version: 1\nrules:\n  - {name: r, watch: {processes: [{name: '\(nested)'}]}}\n"
        },
        Hostility("2,048 large expressions", "pattern-too-large") { manyPatterns },
        Hostility("one line of a MiB", nil) { "x-a: '" + String(repeating: "y", count: 1_000_000) + "'\n" + good },
        Hostility("100,000 unknown keys", nil) {
            (0..<60_000).map { "k\($0): 1\n" }.joined()
        },
        Hostility("a duplicate key 10,000 times", nil) { String(repeating: "version: 1\n", count: 10_000) },
    ]

    private static let good = "version: 1\nrules:\n  - {name: r, watch: {processes: [{name: main}]}}\n"

    /// 64 rules of 32 targets, each with an expression of the largest size that is allowed for one.
    private static var manyPatterns: String {
        var text = "version: 1\nrules:\n"
        for rule in 0..<64 {
            let targets = (0..<32).map { "{name: 'k\(rule)-\($0)-[a-z0-9_]{1,200}x?'}" }.joined(separator: ", ")
            text += "  - {name: r\(rule), watch: {processes: [\(targets)]}}\n"
        }
        return text
    }

    @Test(arguments: hostilities) func isRefused(_ hostility: Hostility) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(hostility.bytes(), to: "hostile.yaml")
        let completion = try Knell.run(
            ["validate", file], wrapper: [TestProducts.path(of: "test-process"), "--measure"])
        let measurement = try #require(Measurement(completion.output), "\(completion.output)\(completion.errors)")
        if let code = hostility.code {
            #expect(completion.exitCode == 78)
            #expect(completion.errors.contains("[\(code)]"), "\(completion.errors.prefix(2_000))")
        } else {
            #expect([0, 78].contains(completion.exitCode))
        }
        // At most 20 diagnostics, whatever the number of faults.
        #expect(completion.errors.split(separator: "\n").filter { $0.contains(" error: ") }.count <= 20)
        #expect(completion.errors.utf8.count < 32_768)
        measurement.expectModest(cpuBelow: 2_000)
    }
}
