import Glibc
import SupervisorCore
import TestSupport
import Testing

@testable import LinuxProcesses

@Suite(.timeLimit(.minutes(10)))
struct ProcFSTests {
    @Test func listsPidsInOrderAndNothingElse() throws {
        let procFS = try Fixture.proc("proc-pod")
        #expect(try procFS.processIDs() == [1, 2, 7, 12, 19, 23, 31, 40, 41, 42, 50, 60, 64, 70, 71])
    }

    @Test func listsOurselves() throws {
        let procFS = try ProcFS()
        #expect(procFS.ownPID() == getpid())
        #expect(try procFS.processIDs().contains(getpid()))
    }

    @Test func knowsNoPidOfOursInARecordedTable() throws {
        #expect(try Fixture.proc("proc-pod").ownPID() == nil)
    }

    @Test func saysThatTheRootCannotBeOpened() {
        let error = #expect(throws: SystemCallError.self) { try ProcFS(root: "/nonexistent/proc") }
        #expect(error == SystemCallError(call: "openat", errno: ENOENT, subject: "/nonexistent/proc"))
    }

    @Test(arguments: [70, 4_711, 2_147_483_647] as [Int32])
    func findsAProcessGoneThatIsNotThere(pid: Int32) throws {
        let procFS = try Fixture.proc("proc-pod")
        let error = #expect(throws: SystemCallError.self) { try procFS.identity(of: pid) }
        #expect(error?.meansGone == true)
        #expect(error?.subject?.hasSuffix("/\(pid)/stat") == true)
    }

    @Test func refusesAStatThatWasCutOff() throws {
        let procFS = try Fixture.proc("proc-pod")
        let error = #expect(throws: SystemCallError.self) { try procFS.identity(of: 71) }
        #expect(error?.errno == EBADMSG)
    }

    @Test func readsALongCommandLineWholeUpToItsBound() throws {
        let procFS = try ProcFS()
        let long = String(repeating: "x", count: 100_000)
        let process = try TestProcess([long])
        var facts = ProcProcessFacts(of: process.pid, in: procFS)
        #expect(try facts.commandLine().count == TestProducts.path(of: "test-process").utf8.count + 1 + long.utf8.count)
        let longer = try TestProcess([long, long])
        facts = ProcProcessFacts(of: longer.pid, in: procFS)
        #expect(try facts.commandLine().count == 131_072)
    }

    @Test func readsATitleWithoutWhatIsLeftOfTheArguments() throws {
        let process = try TestProcess(["secret", "secret", "secret"])
        try process.command("title a new title")
        var facts = ProcProcessFacts(of: process.pid, in: try ProcFS())
        #expect(try facts.commandLine() == Array("a new title".utf8))
    }

    @Test func readsEachFactOnceOnly() throws {
        let process = try TestProcess(["--name", "before"])
        var facts = ProcProcessFacts(of: process.pid, in: try ProcFS())
        #expect(try facts.name() == Array("before".utf8))
        try process.command("name after")
        #expect(try facts.name() == Array("before".utf8))
    }

    @Test func readsTheExecutableAndTheRealUID() throws {
        let process = try TestProcess()
        var facts = ProcProcessFacts(of: process.pid, in: try ProcFS())
        #expect(try String(decoding: facts.executable(), as: UTF8.self).hasSuffix("/test-process"))
        #expect(try facts.userID() == getuid())
        #expect(facts.fault == nil)
    }

    @Test func tellsARunningProcessFromAZombieAndFromAnotherOfThePid() throws {
        let procFS = try ProcFS()
        let process = try TestProcess()
        let identity = try process.identity()
        #expect(try procFS.isRunning(identity))
        #expect(try !procFS.isRunning(ProcessIdentity(pid: identity.pid, startTicks: identity.startTicks + 1)))
        try process.command("exit 0")
        try process.process.awaitEnd()
        #expect(try !procFS.isRunning(identity))
        try process.process.wait()
        #expect(try !procFS.isRunning(identity))
    }
}
