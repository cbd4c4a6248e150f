import Testing

@testable import ConfigModel

struct DurationTests {
    @Test(
        arguments: [
            ("0s", .zero), ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("2h", .seconds(7_200)),
            ("1m30s", .seconds(90)), ("1h0m5s", .seconds(3_605)), ("1.5s", .milliseconds(1_500)),
            (".5s", .milliseconds(500)),
            ("1.s", .seconds(1)), ("0.25h", .seconds(900)), ("100us", .microseconds(100)),
            ("100µs", .microseconds(100)),
            ("100μs", .microseconds(100)), ("7ns", .nanoseconds(7)), ("1s1s", .seconds(2)), ("007s", .seconds(7)),
            ("1.0000000001s", .seconds(1)), ("0.000000001s", .nanoseconds(1)), ("8784h", .seconds(31_622_400)),
        ] as [(String, Duration)])
    func readsWhatGoWrites(text: String, expected: Duration) throws {
        #expect(try Duration(parsing: text) == expected)
    }

    @Test(arguments: [
        "", "5", "12345678", "1.5", "s", "ms", "5 s", " 5s", "5s ", "5S", "5sec", "1d", "1w", "1e3s", "+5s", "1m 30s",
        "٣s", "5s\u{301}",
        "five", "5,5s", "1..5s", ".s", "0x5s", "1m30", "5s-", "ｓ",
    ])
    func refusesEverythingElse(text: String) throws {
        let fault = try #require(throws: DurationFault.self) { try Duration(parsing: text) }
        guard case .syntax(let reason) = fault else {
            Issue.record("not a fault of syntax: \(fault)")
            return
        }
        #expect(reason.hasPrefix("write") || reason.hasPrefix("a number alone"))
    }

    @Test(arguments: [
        "-1s", "-5m", "9223372036854775807h", "99999999999999999999s", "2562048h", "9223372036.854775808s",
        "9000000000s9000000000s",
    ])
    func refusesWhatIsNegativeOrTooLong(text: String) throws {
        let fault = try #require(throws: DurationFault.self) { try Duration(parsing: text) }
        guard case .range = fault else {
            Issue.record("not a fault of range: \(fault)")
            return
        }
    }

    @Test func aBareNumberIsAnsweredWithWhatToWrite() {
        #expect(throws: DurationFault.syntax("a number alone has no unit; write 25s or 25ms")) {
            try Duration(parsing: "25")
        }
    }

    @Test(
        arguments: [
            (.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(25), "25s"), (.seconds(60), "1m"),
            (.seconds(90), "1m30s"),
            (.seconds(3_600), "1h"), (.seconds(3_605), "1h5s"), (.seconds(86_400), "24h"),
            (.milliseconds(1_500), "1.5s"),
            (.microseconds(1), "0.000001s"), (.nanoseconds(1_000_000_001), "1.000000001s"),
        ] as [(Duration, String)])
    func isWrittenAsTheConfigurationWritesIt(duration: Duration, text: String) throws {
        #expect(duration.configText == text)
        #expect(try Duration(parsing: text) == duration)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<1_000 {
            let duration = Duration.nanoseconds(
                Int64.random(in: 0..<(1 << UInt64.random(in: 1...54)), using: &generator))
            #expect(try Duration(parsing: duration.configText) == duration)
        }
    }

    @Test(
        arguments: [
            ("terminationTimeout: 0s", []), ("terminationTimeout: 24h", []),
            ("terminationTimeout: 24h1ms", [.durationRange]),
            ("terminationTimeout: 25", [.durationSyntax]), ("terminationTimeout: true", [.durationSyntax]),
            ("terminationTimeout: [1s]", [.wrongType]), ("terminationTimeout: ", [.wrongType]),
            ("terminationTimeout: '5s'", []),
        ] as [(String, [Diagnostic.Code])])
    func aKeyHoldsItToItsBounds(line: String, codes: [Diagnostic.Code]) {
        #expect(read(document() + line + "\n").codes == codes)
    }
}
