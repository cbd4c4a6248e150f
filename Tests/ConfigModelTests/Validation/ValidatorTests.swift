import Testing

@testable import ConfigModel

struct ValidatorTests {
    @Test(arguments: [
        "http: {url: 'http://$(X)/'}", "http: {url: '$(X)'}", "http: {url: 'http://h/', body: '$(X)'}",
        "http: {url: 'http://h/', headers: {a: '$(X)'}}", "http: {url: 'http://h/', headers: {a: {fromEnv: X}}}",
        "touch: '$(X)'",
        "touch: {path: '$(X)/done'}", "touch: '/$(X)'", "http: {url: 'https://$(X):1/', tls: {caFile: /ca}}",
    ])
    func anUndefinedVariableIsAnErrorUnlessItIsAllowed(action: String) {
        let strict = read(document(action: action))
        #expect(strict.codes == [.undefinedVariable])
        #expect(strict.plan == nil)
        let lenient = read(document(action: action), allowsUndefined: true)
        #expect(lenient.codes == [.undefinedVariable])
        #expect(lenient.diagnostics.map(\.severity) == [.warning])
        #expect(lenient.plan != nil)
    }

    @Test(arguments: [
        "exec: {command: ['$(X)']}", "signal: {process: {pidFile: '/$(X)'}}", "signal: {process: {name: '\\$\\(X\\)'}}",
    ])
    func noVariableIsReplacedWhereNoneIsPromised(action: String) throws {
        #expect(read(document(action: action)).codes == [])
    }

    @Test(
        arguments: [
            ("http: {url: '$(X)'}", "no url", .invalidURL), ("touch: '$(X)/a'", "relative", .invalidPath),
            ("touch: '/a$(X)'", "/", .invalidPath),
            ("touch: '$(X)'", String(repeating: "/a", count: 2_048), .invalidPath),
            ("touch: '/$(X)'", "a\0b", .invalidPath),
            ("http: {url: 'http://h/', headers: {a: {fromEnv: X}}}", "a\nb", .invalidHeader),
            ("http: {url: 'http://h/', headers: {a: 'b$(X)'}}", "\u{7F}", .invalidHeader),
            ("http: {url: 'http://h/', headers: {a: '$(X)'}}", String(repeating: "a", count: 8_193), .invalidHeader),
        ] as [(String, String, Diagnostic.Code)])
    func whatAVariableHoldsIsChecked(action: String, value: String, code: Diagnostic.Code) {
        #expect(read(document(action: action), variables: ["X": value]).codes == [code])
    }

    @Test func aVariableIsNotExpandedAgain() {
        let reading = read(document(action: "touch: '/$(X)'"), variables: ["X": "$(Y)"])
        #expect(reading.action?.kind == .touch(TouchRequest(path: "/$(Y)", createDirectories: false, mode: 0o644)))
    }

    @Test func anUnknownUserIsAnErrorUnlessItIsAllowed() {
        #expect(read(document(processes: "{user: nobody-here}")).codes == [.unknownUser])
        #expect(read(document(processes: "{name: x, user: nobody-here}"), allowsUndefined: true).plan != nil)
        #expect(read(document(action: "signal: {process: {user: nobody-here}}")).codes == [.unknownUser])
    }

    @Test func moreThanTheKeptWarningsStillMakeNoError() {
        let headers = (0..<64).map { "h\($0): '$(X)'" }.joined(separator: ",")
        let actions = String(repeating: "{http: {url: 'http://h/', headers: {\(headers)}}},", count: 10)
        let reading = read(document(rule: "actions: [\(actions)]"), allowsUndefined: true)
        #expect(reading.diagnostics.count == 500)
        #expect(reading.plan != nil)
    }

    @Test func ruleNamesAreUnique() {
        let rule = "{name: a, watch: {processes: [{name: x}]}}"
        let reading = read("version: 1\nrules: [\(rule), \(rule), \(rule)]")
        #expect(reading.codes == [.duplicateName, .duplicateName])
    }

    @Test func aFinalRuleCannotRepeat() {
        #expect(read(document(rule: "final: true, repeat: true")).codes == [.conflictingKeys])
        #expect(read(document(rule: "final: true, repeat: false")).codes == [])
    }

    @Test func theConfigurationStandsBesideThePlan() throws {
        let reading = read(document(action: "shutdown: istio"))
        let configuration = try #require(reading.configuration)
        #expect(configuration.rules.count == 1)
        #expect(configuration.terminationTimeout == nil)
        guard case .shutdown(let shutdown) = configuration.rules[0].actions[0].kind else {
            Issue.record("the preset is expanded too early")
            return
        }
        #expect(shutdown.preset.name == "istio")
    }
}
