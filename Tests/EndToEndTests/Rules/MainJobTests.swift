import Glibc
import TestSupport
import Testing

/// The case that Knell was made for: the main process ends, the proxy is told to quit, the exit code is right.
@Suite(.timeLimit(.minutes(10)))
struct MainJobTests {
    private func quit(_ server: ScriptedServer, watching name: String) -> String {
        configuration(
            watching: name, rule: ["exitCode: fromTarget"],
            actions: [
                "http: {url: 'http://127.0.0.1:\(server.port)/quitquitquit?now', headers: {x-reason: main ended}}"
            ])
    }

    @Test func sendsOnePOSTWhenTheMainProcessHasEnded() throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let main = try Target()
        let knell = try KnellRun(quit(server, watching: main.name))
        let found = try knell.await("target.found")
        #expect(found["pid"] == Int(main.pid))
        #expect(found["name"] == main.name)
        try knell.await("rule.watching")
        #expect(server.acceptedCount == 0)
        try main.exit()
        #expect(try knell.exitCode() == 0)

        #expect(server.requests.count == 1)
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /quitquitquit?now HTTP/1.1\r\n"))
        let head = request.lowercased()
        #expect(head.contains("\r\nhost: 127.0.0.1:\(server.port)\r\n"))
        #expect(head.contains("\r\nx-reason: main ended\r\n"))
        #expect(head.contains("\r\nconnection: close\r\n"))
        #expect(head.contains("\r\ncontent-length: 0\r\n"))
        #expect(
            knell.eventNames == [
                "run.started", "target.found", "rule.watching", "target.exited", "rule.fired", "action.started",
                "action.succeeded", "rule.finished", "run.finished",
            ])
        #expect(
            knell.events(named: "action.succeeded", ["action": "0/http", "status": "200", "attempt": "1"]).count == 1)
    }

    @Test(
        arguments: [("exit 0", 0), ("exit 3", 3), ("exit 255", 255), ("kill 9", 137), ("kill 15", 143)]
            as [(String, Int32)])
    func repeatsTheExitCodeOfTheMainProcess(end: String, code: Int32) throws {
        let server = try ScriptedServer(script: [.answer(200)])
        let main = try Target()
        let knell = try KnellRun(quit(server, watching: main.name))
        try knell.await("rule.watching")
        try main.obey(end)
        #expect(try knell.exitCode() == code)
        #expect(server.requests.count == 1)
        #expect(knell.events(named: "rule.finished", ["outcome": code == 0 ? "succeeded" : "failed"]).count == 1)
    }

    @Test func readsTheStatusOfAZombieFromProc() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        // Reaped only when the test is over.
        try main.obey("exit 7")
        #expect(try knell.exitCode() == 7)
        #expect(knell.events(named: "target.exited", ["source": "procStat", "exitCode": "7"]).count == 1)
    }

    @Test(.enabled(if: kernelIsAtLeast(6, 15), "PIDFD_INFO_EXIT is of Linux 6.15"))
    func readsTheStatusOfAReapedProcessFromItsPidfd() throws {
        let main = try Target()
        let knell = try KnellRun(configuration(watching: main.name, rule: ["exitCode: fromTarget"]))
        try knell.await("rule.watching")
        // While Knell stands still, the main process comes to its end and is reaped.
        knell.process.kill(SIGSTOP)
        main.process.kill(SIGKILL)
        try main.process.wait()
        knell.process.kill(SIGCONT)
        #expect(try knell.exitCode() == 137)
        #expect(knell.events(named: "target.exited", ["source": "pidfdInfo", "signal": "SIGKILL"]).count == 1)
    }

    @Test func waitsForAMainProcessThatStartsLate() throws {
        let (name, server) = (uniqueName(), try ScriptedServer(script: [.answer(200)]))
        let knell = try KnellRun(quit(server, watching: name))
        try knell.await("run.started")
        let main = try Target(name)
        try knell.await("rule.watching")
        #expect(server.acceptedCount == 0)
        try main.exit(4)
        #expect(try knell.exitCode() == 4)
        #expect(server.requests.count == 1)
    }

    @Test func goesOnWatchingWhenTheMainProcessComesBackWithinTheGracePeriod() throws {
        let (name, server) = (uniqueName(), try ScriptedServer(script: [.answer(200)]))
        let main = try Target(name)
        let knell = try KnellRun(
            configuration(
                watching: name, rule: ["gracePeriod: 10m", "exitCode: fromTarget"],
                actions: ["http: {url: 'http://127.0.0.1:\(server.port)/'}"]))
        try knell.await("rule.watching")
        try main.exit(9)
        try knell.await("rule.grace")
        let successor = try Target(name)
        try knell.await("target.found", ["pid": "\(successor.pid)"])
        try knell.await("rule.resumed")
        #expect(server.acceptedCount == 0)
        #expect(knell.events(named: "rule.fired").isEmpty)
        try successor.exit()
        try knell.await("rule.grace")
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
        #expect(server.acceptedCount == 0)
    }

    @Test func actsWhenTheGracePeriodHasPassedAndForgetsTheFormerLife() throws {
        let (name, directory) = (uniqueName(), try TemporaryDirectory())
        let main = try Target(name)
        let knell = try KnellRun(
            configuration(
                watching: name, rule: ["gracePeriod: 3s", "exitCode: fromTarget"],
                actions: ["touch: \(directory.file("done"))"]))
        try knell.await("rule.watching")
        try main.exit(9)
        try knell.await("rule.grace")
        let successor = try Target(name)
        try knell.await("rule.resumed")
        #expect(!directory.holds("done"))
        try successor.exit(5)
        #expect(try knell.exitCode() == 5)
        #expect(directory.holds("done"))
    }

    @Test func watchesASuccessorThatIsThereAlreadyWhenTheMainProcessEnds() throws {
        let (name, server) = (uniqueName(), try ScriptedServer(script: [.answer(200)]))
        let main = try Target(name)
        let knell = try KnellRun(quit(server, watching: name))
        try knell.await("rule.watching")
        let successor = try Target(name)
        try main.exit(3)
        try knell.await("target.exited", ["pid": "\(main.pid)"])
        try knell.await("target.found", ["pid": "\(successor.pid)"])
        #expect(knell.events(named: "rule.fired").isEmpty)
        #expect(server.acceptedCount == 0)
        try successor.exit(0)
        // Without a grace period both lives are one, and the first failure counts.
        #expect(try knell.exitCode() == 3)
        #expect(server.requests.count == 1)
    }
}
