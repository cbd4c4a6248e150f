import ConfigModel
import Testing

struct SecretTests {
    private static func text(body: String) -> String {
        """
        version: 1
        rules:
          - name: main
            watch: {processes: [{name: main}]}
            actions:
              - http:
                  url: http://127.0.0.1/
                  headers: {authorization: Bearer s3cret-literal, x-env: {fromEnv: TOKEN}, x-var: $(TOKEN)}
                  body: \(body)
        """
    }

    private static func reading(body: String = "s3cret-body") -> ConfigurationReading {
        read(text(body: body), variables: ["TOKEN": "s3cret-variable"])
    }

    private static func dumped(_ value: some Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    @Test func aSecretPrintsAsRedactedInEveryWay() {
        let secret = Secret("s3cret")
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), Self.dumped(secret), "\([secret])",
            "\(["k": secret])", "\(Optional(secret) as Any)", "\((1, secret))",
        ]
        for text in texts {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("s3cret"))
        }
        #expect(secret.revealed == "s3cret")
    }

    @Test func neitherPlanNorConfigurationPrintsHeadersOrBody() throws {
        let reading = Self.reading()
        let plan = try #require(reading.plan)
        let configuration = try #require(reading.configuration)
        for text in [
            "\(plan)", String(reflecting: plan), Self.dumped(plan), "\(configuration)", Self.dumped(configuration),
        ] {
            #expect(text.contains("authorization"))
            #expect(!text.contains("s3cret"))
        }
    }

    @Test func secretsCompareByTheirValues() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
    }

    @Test(arguments: [
        "headers: {authorization: Bearer s3cret, x: 1}", "headers: {authorization: [s3cret]}",
        "headers: {a: {value: s3cret}}",
        "headers: {a: {b: {c: s3cret}}}", "headers: {a: s3cret}, headers: {b: s3cret}",
        "headers: {a: s3cret, A: s3cret}",
        "hedaers: {authorization: s3cret}", "Headers: {a: s3cret}", "body: [s3cret]", "body: {a: s3cret}",
        "bdy: s3cret",
        "headers: {a: !x s3cret}", "body: !x s3cret", "headers: {a: \"s3cret\\n\"}", "headers: s3cret", "auth: s3cret",
        "body: s3cret, body: s3cret", "headers: {a: s3cret: x}", "headers: {a: \"s3cret", "headers: {a: s3cret]",
        "body: s3cret: x",
        "headers: {a: *none, b: s3cret}", "headers: {a: \u{7}s3cret}",
        "headers: {\((0...64).map { "h\($0): s3cret" }.joined(separator: ", "))}",
    ])
    func noDiagnosticShowsWhatAHeaderOrABodyHolds(line: String) {
        let reading = read(document(action: "http: {url: 'http://h/', \(line)}"))
        #expect(reading.plan == nil)
        let text = reading.render(fileName: "f")
        #expect(text.contains("^"))
        #expect(!text.contains("s3cret"))
    }

    @Test func aBlockThatHoldsASecretIsHiddenInEveryLine() {
        let rendered = Self.reading(body: "|-\n            s3cret one\n            s3cret two\n          bodi: 1")
            .render(fileName: "f")
        #expect(rendered.contains("unknown key \"bodi\""))
        #expect(!rendered.contains("s3cret"))
    }

    @Test func credentialsInAURLAreNotShown() {
        let rendered = read(document(action: "http: {url: 'http://user:s3cret@h/'}")).render(fileName: "f")
        #expect(rendered.contains("credentials in a URL"))
        #expect(!rendered.contains("s3cret"))
    }
}
