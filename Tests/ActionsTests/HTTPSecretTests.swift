import Glibc
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct HTTPSecretTests {
    @Test(arguments: [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a\tb ", "a\tb ")])
    func aHeaderComesFromAFileWithoutItsLineEnd(contents: String, value: String) throws {
        let directory = try ScratchDirectory()
        let path = try directory.write(contents, to: "token")
        let server = try ScriptedServer(script: [.answer(200)])
        let request = try HTTPRequest.testing("http://127.0.0.1:\(server.port)/", headers: [("token", .fromFile(path))])
        #expect(try RunnerHarness().run(.http(request)) == .answered(status: 200))
        #expect(server.requests.first?.contains("\r\ntoken: \(value)\r\n") == true, "\(server.requests)")
    }

    @Test func theFileIsReadForEveryAttempt() throws {
        let directory = try ScratchDirectory()
        let path = try directory.write("old", to: "token")
        let server = try ScriptedServer(script: [.answer(503), .answer(200)])
        let harness = try RunnerHarness()
        let request = try HTTPRequest.testing("http://127.0.0.1:\(server.port)/", headers: [("token", .fromFile(path))])
        _ = try harness.run(.http(request))
        try directory.write("new", to: "token")
        _ = try harness.run(.http(request))
        #expect(server.requests.map { $0.contains("token: new\r\n") } == [false, true])
    }

    @Test(arguments: ["s3cret\nX-Admin: 1", "s3cret\n\n", "s3cret\u{0}", "s3cret\u{7F}"])
    func whatAHeaderCannotCarryIsRefusedWithoutShowingIt(contents: String) throws {
        let directory = try ScratchDirectory()
        let path = try directory.write(contents, to: "token")
        let server = try ScriptedServer(script: [.answer(200)])
        let request = try HTTPRequest.testing("http://127.0.0.1:\(server.port)/", headers: [("token", .fromFile(path))])
        let result = try RunnerHarness().run(.http(request))
        #expect(result.reason?.contains(path) == true, "\(result)")
        #expect(result.reason?.contains("s3cret") == false)
        #expect(result.isTransient == false)
        #expect(server.acceptedCount == 0)
    }

    @Test func aFileThatIsMissingOrTooLongIsNamed() throws {
        let directory = try ScratchDirectory()
        let missing = directory.file("none")
        let long = try directory.write(String(repeating: "s3cret", count: 20_000), to: "long")
        for path in [missing, long] {
            let result = try RunnerHarness().run(
                .http(.testing("http://127.0.0.1:1/", headers: [("token", .fromFile(path))])))
            #expect(result.reason?.contains(path) == true, "\(result)")
            #expect(result.reason?.contains("s3cret") == false)
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:%/?key=s3cret", "http://knell-test.invalid/?key=s3cret", "https://127.0.0.1:%/?key=s3cret",
    ])
    func noFailureShowsASecret(template: String) throws {
        let server = try ScriptedServer(script: [.sendToAnything("garbage, s3cret\r\n\r\n")])
        let url = String(template.flatMap { $0 == "%" ? Array("\(server.port)") : [$0] })
        let request = try HTTPRequest.testing(url, headers: [("token", .text("s3cret"))], body: "s3cret")
        let result = try RunnerHarness().run(.http(request))
        #expect(result.reason != nil, "\(result)")
        #expect(result.reason?.contains("s3cret") == false)
    }

    @Test func aLiteralValueThatNoHeaderCanCarryIsNotShown() throws {
        let request = try HTTPRequest.testing("http://127.0.0.1:1/", headers: [("token", .text("s3cret\u{1}"))])
        let result = try RunnerHarness().run(.http(request))
        #expect(result.reason != nil, "\(result)")
        #expect(result.reason?.contains("s3cret") == false)
    }
}
