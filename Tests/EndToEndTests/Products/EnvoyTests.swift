import TestSupport
import Testing

/// Knell and a real Envoy.
@Suite(.timeLimit(.minutes(10)), .enabled(if: EnvoyServer.isExpected, "\(EnvoyServer.absence)"))
struct EnvoyTests {
    @Test func quitsWhenTheMainProcessHasEndedAndIsGoneThen() throws {
        let (envoy, main) = (try EnvoyServer(), try Target())
        let knell = try KnellRun(
            configuration(
                watching: main.name, rule: ["exitCode: fromTarget"],
                actions: [
                    "{shutdown: {preset: envoy, port: \(envoy.adminPort)}, "
                        + "thenGone: {process: {pid: \(envoy.process.pid)}, within: 5m}}"
                ]))
        try knell.await("rule.watching")
        try main.obey("exit 3")
        #expect(try knell.exitCode() == 3)
        let success = knell.events(named: "action.succeeded", ["action": "0/shutdown"])
        #expect(success.count == 1)
        #expect(try envoy.process.wait() == 0)
    }

    @Test func answersARequestByTheWrongMethodWith405() throws {
        let (envoy, main) = (try EnvoyServer(), try Target())
        let url = "http://127.0.0.1:\(envoy.adminPort)"
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: [
                    "http: {url: '\(url)/quitquitquit', method: GET}", "http: {url: '\(url)/ready', method: GET}",
                    "http: {url: '\(url)/quitquitquit'}",
                ]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed", ["action": "0/http", "status": "405"]).count == 1)
        #expect(
            knell.events(named: "action.succeeded", ["status": "200"]).map { $0["action"] } == ["1/http", "2/http"])
        #expect(try envoy.process.wait() == 0)
    }
}
