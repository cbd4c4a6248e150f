import Glibc
import TestSupport
import Testing

/// While every target is alive, Knell sleeps.
@Suite(.timeLimit(.minutes(10)), .enabled(if: Sanitizer.leavesFiguresAlone, Comment(rawValue: Sanitizer.reason)))
struct IdleTests {
    /// Whether Knell's log says something within the time.
    private func speaks(_ knell: KnellRun, within bound: Duration) -> Bool {
        // A line that does not come is a fault to the reader.
        (try? knell.process.readLine(from: .standardError, within: bound)) != nil
    }

    /// How often its threads have gone to sleep once what it prepares after the start, or does behind an answer, has come
    /// to its end.
    private func settle(_ knell: KnellRun, looking pause: Duration = .milliseconds(250)) throws -> [String: Int] {
        var settled = try voluntarySwitches(of: knell.process.pid)
        for _ in 0..<20 {
            #expect(!speaks(knell, within: pause))
            let next = try voluntarySwitches(of: knell.process.pid)
            if next == settled { break }
            settled = next
        }
        return settled
    }

    @Test func neverWakesUpWhileNobodyAsks() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name), options: ["--status-listen", "127.0.0.1:0"])
        let port = try knell.statusPort()
        try knell.awaitUnlessRead("rule.watching")
        let settled = try settle(knell)
        #expect(settled.count == 2)
        #expect(!speaks(knell, within: .seconds(3)))
        #expect(try voluntarySwitches(of: knell.process.pid) == settled)
        // The counters count: both threads wake up for somebody who asks.
        for _ in 0..<100 { #expect(try RawClient(port: port).get("/status").status == 200) }
        let asked = try voluntarySwitches(of: knell.process.pid)
        #expect(asked.allSatisfy { $0.value != settled[$0.key] })
        // The time in which a connection has to be used passes once more, whether it is closed or not.
        let calm = try settle(knell, looking: .seconds(6))
        #expect(!speaks(knell, within: .seconds(3)))
        #expect(try voluntarySwitches(of: knell.process.pid) == calm)
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test func neverWakesUpWhileItsTargetLives() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]))
        try knell.await("rule.watching")
        let settled = try settle(knell)
        #expect(!speaks(knell, within: .seconds(3)))
        #expect(try voluntarySwitches(of: knell.process.pid) == settled)
        // The counter counts: Knell goes back to sleep behind its answers, if not at once then behind one of them.
        var hasSlept = false
        for _ in 0..<100 where !hasSlept {
            knell.process.kill(SIGHUP)
            try knell.await("config.reloaded")
            // It has more to do behind that; a line that does not come is what is waited for.
            #expect(!speaks(knell, within: .milliseconds(10)))
            hasSlept = try voluntarySwitches(of: knell.process.pid) != settled
        }
        #expect(hasSlept)
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 1)
    }
}
