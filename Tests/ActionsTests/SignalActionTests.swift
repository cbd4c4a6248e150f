import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct SignalActionTests {
    private func request(_ process: ProcessReference, _ signal: Int32 = SIGTERM) -> Action.Kind {
        .signal(SignalRequest(process: process, signal: Signal(number: signal)))
    }

    @Test func reachesEveryProcessThatMatches() throws {
        let name = uniqueName()
        let targets = try (0..<3).map { _ in try startTarget(named: name) }
        let bystander = try startTarget(named: uniqueName())
        let harness = try RunnerHarness()
        #expect(try harness.run(request(.matching(.named(name)))) == .signalled(count: 3))
        for target in targets { #expect(try target.wait() == SIGTERM) }
        #expect(try bystander.ask("ignore 1") == "ok")
    }

    @Test func reachesAPidAndThePidInAFile() throws {
        let directory = try ScratchDirectory()
        let harness = try RunnerHarness()
        let first = try startTarget(named: uniqueName())
        #expect(try harness.run(request(.pid(first.pid), SIGINT)) == .signalled(count: 1))
        #expect(try first.wait() == SIGINT)

        let second = try startTarget(named: uniqueName())
        let file = try directory.write(" \(second.pid)\n", to: "x.pid")
        #expect(try harness.run(request(.pidFile(file), SIGKILL)) == .signalled(count: 1))
        #expect(try second.wait() == SIGKILL)
    }

    /// Within a clock tick a reused pid has the start time of its former process, too; so what was looked for is looked at
    /// again, once a descriptor holds the process.
    @Test func doesNotTakeAnotherForTheProcessThatWasFound() throws {
        let (name, procFS) = (uniqueName(), try ProcFS())
        let target = try startTarget(named: name)
        let found = FoundProcess(
            pid: target.pid, identity: try procFS.identity(of: target.pid), name: name, selector: try .named(name))
        let isHeld = { if case .held = found.hold(procFS, open: kernelPidfdOpening) { true } else { false } }
        #expect(isHeld())
        _ = try target.ask("name other")
        #expect(!isHeld())
    }

    @Test func nothingToSignalIsNoFailure() throws {
        let directory = try ScratchDirectory()
        let harness = try RunnerHarness()
        let zombie = try startTarget(named: uniqueName())
        zombie.kill(SIGKILL)
        try zombie.awaitEnd()
        #expect(try harness.run(request(.pid(zombie.pid))) == .signalled(count: 0))
        let pid = zombie.pid
        try zombie.wait()
        #expect(try harness.run(request(.pid(pid))) == .signalled(count: 0))
        #expect(try harness.run(request(.matching(.named(uniqueName())))) == .signalled(count: 0))
        #expect(try harness.run(request(.pidFile(directory.file("none.pid")))) == .signalled(count: 0))
    }

    @Test(arguments: ["", "\n", "envoy", "12 13", "-1", "0", "99999999999", "1\u{0}"])
    func aPidFileThatHoldsNoPidIsNamed(contents: String) throws {
        let directory = try ScratchDirectory()
        let path = try directory.write(contents, to: "x.pid")
        let result = try RunnerHarness().run(request(.pidFile(path)))
        #expect(result == .failed(reason: "the pid file \(path) does not hold a pid", isTransient: false))
    }

    @Test func aPidFileThatCannotBeReadIsNamed() throws {
        let directory = try ScratchDirectory()
        let result = try RunnerHarness().run(request(.pidFile(directory.path)))
        #expect(result.reason?.contains(directory.path) == true, "\(result)")
    }

    @Test(arguments: ["1", " 1\n", "01"]) func aPidFileCannotMeanTheFirstProcess(contents: String) throws {
        let directory = try ScratchDirectory()
        let path = try directory.write(contents, to: "x.pid")
        // Signal 0 would do no harm.
        let result = try RunnerHarness().run(request(.pidFile(path), 0))
        #expect(result.reason?.contains("holds 1") == true, "\(result)")
    }

    @Test func neverSignalsKnellItself() throws {
        let result = try RunnerHarness().run(request(.pid(getpid()), SIGKILL))
        #expect(result == .failed(reason: "pid \(getpid()) is Knell itself", isTransient: false))
    }

    @Test(arguments: [0, -1] as [Int32])
    func neverSignalsAGroup(pid: Int32) throws {
        let result = try RunnerHarness().run(request(.pid(pid), SIGKILL))
        #expect(result == .failed(reason: "\(pid) is no pid of a process", isTransient: false))
    }

    @Test func aProcessThatEndedSinceItWasSeenIsNotHit() throws {
        let harness = try RunnerHarness()
        let target = try startTarget(named: uniqueName())
        let resolver = resolver(harness)
        // The pid is another process's by now: the start time differs.
        let identity = try harness.procFS.identity(of: target.pid)
        let earlier = ProcessIdentity(pid: identity.pid, startTicks: identity.startTicks - 1)
        let isGone =
            switch resolver.hold(FoundProcess(pid: target.pid, identity: earlier, name: nil)) {
            case .gone: true
            case .held: false
            case .denied: false
            }
        #expect(isGone)
    }

    @Test func worksWithoutPidfds() throws {
        let harness = try RunnerHarness()
        var resolver = resolver(harness)
        resolver.openPidfd = deniedPidfdOpening
        let delivery = SignalDelivery(processes: resolver)
        let target = try startTarget(named: uniqueName())
        let request = SignalRequest(process: .pid(target.pid), signal: Signal(number: SIGTERM))
        #expect(delivery.deliver(request) == .signalled(count: 1))
        try target.awaitEnd()
        #expect(delivery.deliver(request) == .signalled(count: 0))
        try target.wait()
        #expect(delivery.deliver(request) == .signalled(count: 0))
    }

    @Test(.enabled(if: geteuid() == 0, "the target's owner is set by root"))
    func aMissingRightIsExplainedAndTheOthersAreSignalledAllTheSame() throws {
        let name = uniqueName()
        let own = try startTarget(named: name)
        let foreign = try startTarget(named: name, "--uid", "65532")
        let harness = try RunnerHarness()
        let kind = try request(.matching(.named(name)))

        let result = try withoutRightToKill { try harness.run(kind) }

        #expect(
            result
                == .failed(
                    reason: "may not signal pid \(foreign.pid) (\(name)) of uid 65532: Knell runs as uid \(getuid()) "
                        + "and lacks CAP_KILL", isTransient: false))
        #expect(try own.wait() == SIGTERM)
        #expect(try foreign.ask("ignore 1") == "ok")
    }

    @Test(.enabled(if: geteuid() != 0 && kill(1, 0) != 0 && errno == EPERM, "needs a process of another user"))
    func aProcessOfAnotherUserIsOutOfReach() throws {
        // Signal 0 asks for the right alone.
        let result = try RunnerHarness().run(request(.pid(1), 0))
        #expect(result.reason?.hasPrefix("may not signal pid 1 (") == true, "\(result)")
        #expect(result.reason?.hasSuffix("Knell runs as uid \(getuid()) and lacks CAP_KILL") == true)
    }

    private func resolver(_ harness: RunnerHarness) -> ProcessResolver {
        ProcessResolver(
            scanner: ProcessScanner(root: harness.procFS, excludingSelf: true, scope: .everybody),
            procFS: harness.procFS)
    }
}

/// Runs `body` while this thread lacks CAP_KILL; capset(2) is the matter of one thread.
private func withoutRightToKill<Result>(_ body: () throws -> Result) throws -> Result {
    typealias Call = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int32
    let get = unsafe unsafeBitCast(try #require(unsafe dlsym(nil, "capget")), to: Call.self)
    let set = unsafe unsafeBitCast(try #require(unsafe dlsym(nil, "capset")), to: Call.self)
    // Version 3 and this thread; then effective, permitted, inheritable, for the lower and for the higher numbers.
    var header: [UInt32] = [0x2008_0522, 0]
    var before = [UInt32](repeating: 0, count: 6)
    try #require(unsafe get(&header, &before) == 0)
    var without = before
    without[0] &= ~(1 << 5)
    try #require(unsafe set(&header, &without) == 0)
    defer { _ = unsafe set(&header, &before) }
    return try body()
}
