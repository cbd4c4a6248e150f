import Glibc
import TestSupport
import Testing

/// While every target is alive, Knell sleeps.
@Suite(.timeLimit(.minutes(3)))
struct IdleTests {
    /// Whether Knell's log says something within the time.
    private func speaks(_ knell: KnellRun, within bound: Duration) -> Bool {
        // A line that does not come is a fault to the reader.
        (try? knell.process.readLine(from: .standardError, within: bound)) != nil
    }

    @Test func neverWakesUpWhileItsTargetLives() throws {
        let (main, server) = (try Target(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(
            configuration(watching: main.name, actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]))
        try knell.await("rule.watching")
        // What it prepares after the start comes to its end first.
        var settled = try voluntarySwitches(of: knell.process.pid)
        for _ in 0..<20 {
            #expect(!speaks(knell, within: .milliseconds(250)))
            let next = try voluntarySwitches(of: knell.process.pid)
            if next == settled { break }
            settled = next
        }
        #expect(!speaks(knell, within: .seconds(3)))
        #expect(try voluntarySwitches(of: knell.process.pid) == settled)
        // The counter counts: Knell goes back to sleep behind its answers, if not at once then behind one of them.
        var hasSlept = false
        for _ in 0..<100 where !hasSlept {
            knell.process.kill(SIGHUP)
            try knell.await("signal.received")
            hasSlept = try voluntarySwitches(of: knell.process.pid) != settled
        }
        #expect(hasSlept)
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(server.requests.count == 1)
    }
}
