import Glibc
import TestSupport
import Testing

/// Pid files that another container can write, and what it would like Knell to signal, or to wait for.
@Suite(.timeLimit(.minutes(10)))
struct PidFileThreatTests {
    private func failure(of main: Target, pidFile: String) throws -> String {
        let knell = try KnellRun(
            configuration(
                watching: main.name,
                actions: ["{signal: {process: {pidFile: '\(pidFile)'}, signal: SIGKILL}}"]))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        return try #require(knell.events(named: "action.failed").first?["error"])
    }

    @Test(arguments: ["1\n", "-1\n", "0\n", "99999999999999999999\n", "12; kill 1\n", "\u{1B}[2J", "١٢"])
    func isRefused(contents: String) throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let error = try failure(of: main, pidFile: try directory.write(contents, to: "x.pid"))
        #expect(error.contains("pid"), "\(error)")
    }

    @Test func thatNamesKnellItselfIsRefused() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        let file = directory.file("x.pid")
        let knell = try KnellRun(
            configuration(
                watching: main.name, actions: ["{signal: {process: {pidFile: '\(file)'}, signal: SIGKILL}}"]))
        try knell.await("rule.watching")
        try directory.write("\(knell.process.pid)\n", to: "x.pid")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("Knell itself") == true)
    }

    @Test func thatIsAFIFOHoldsNothingUp() throws {
        let (main, directory) = (try Target(), try TemporaryDirectory())
        #expect(unsafe mkfifo(directory.file("x.pid"), 0o666) == 0)
        _ = try failure(of: main, pidFile: directory.file("x.pid"))
    }

    @Test func thatHasNoEndIsNotReadToIt() throws {
        _ = try failure(of: try Target(), pidFile: "/dev/zero")
    }

    @Test(.enabled(if: isRoot, "changing the user takes root"))
    func givesKnellNoRightThatItLacks() throws {
        let (main, bystander, directory) = (try Target(), try Target(), try TemporaryDirectory())
        let file = try directory.write("\(bystander.pid)\n", to: "x.pid")
        let knell = try KnellRun(
            configuration(
                watching: main.name, actions: ["{signal: {process: {pidFile: '\(file)'}, signal: SIGKILL}}"]),
            wrapper: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
            program: try directory.copy(ofProgram: Knell.path))
        try knell.await("rule.watching")
        try main.exit()
        #expect(try knell.exitCode() == 1)
        #expect(knell.events(named: "action.failed").first?["error"]?.contains("CAP_KILL") == true)
        // It lives.
        try bystander.exit()
    }
}
