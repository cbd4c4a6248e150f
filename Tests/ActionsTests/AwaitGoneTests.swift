import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct AwaitGoneTests {
    private let id = ActionID(rule: RuleID(7), index: 2)

    @Test func tellsAtOnceWhereNobodyIs() throws {
        let directory = try ScratchDirectory()
        for reference in try [
            .matching(.named(uniqueName())), .pidFile(directory.file("none.pid")),
        ] as [ProcessReference] {
            let harness = try RunnerHarness()
            harness.runner.awaitGone(id, reference)
            #expect(harness.gone == [id])
            #expect(harness.runner.nextDeadline == nil)
        }
    }

    @Test func tellsOnceTheLastIsGoneAndTimersAreNotNeeded() throws {
        let name = uniqueName()
        let targets = try (0..<3).map { _ in try startTarget(named: name) }
        let harness = try RunnerHarness()
        try harness.runner.awaitGone(id, .matching(.named(name)))
        #expect(harness.gone.isEmpty)
        for target in targets {
            #expect(harness.gone.isEmpty)
            #expect(harness.runner.nextDeadline == nil)
            target.kill(SIGKILL)
            try target.awaitEnd()
            try harness.loop.wait(until: MonotonicClock.now() + RunnerHarness.patience)
        }
        // All three are zombies, which count as gone.
        try harness.wait(for: "the end") { !harness.gone.isEmpty }
        try harness.drain()
        #expect(harness.gone == [id])
    }

    @Test func waitsForThoseThatCameMeanwhile() throws {
        let name = uniqueName()
        let harness = try RunnerHarness()
        let first = try startTarget(named: name)
        try harness.runner.awaitGone(id, .matching(.named(name)))
        let second = try startTarget(named: name)
        first.kill(SIGKILL)
        try first.awaitEnd()
        try harness.drain()
        #expect(harness.gone.isEmpty)
        second.kill(SIGKILL)
        try harness.wait(for: "the end") { !harness.gone.isEmpty }
        #expect(harness.gone == [id])
    }

    @Test func aPidMeansTheProcessThatHadItAtFirst() throws {
        let directory = try ScratchDirectory()
        let target = try startTarget(named: uniqueName())
        let file = try directory.write("\(target.pid)", to: "x.pid")
        let harness = try RunnerHarness()
        let other = ActionID(rule: RuleID(8), index: 0)
        harness.runner.awaitGone(id, .pid(target.pid))
        harness.runner.awaitGone(other, .pidFile(file))
        #expect(harness.gone.isEmpty)
        try directory.write("\(getpid())", to: "x.pid")
        target.kill(SIGKILL)
        try harness.wait(for: "the end") { harness.gone.count == 2 }
        #expect(Set(harness.gone) == [id, other])
    }

    @Test func whoeverStopsWaitingIsToldNothing() throws {
        let target = try startTarget(named: uniqueName())
        let harness = try RunnerHarness()
        harness.runner.awaitGone(id, .pid(target.pid))
        harness.runner.stopAwaitingGone(id)
        target.kill(SIGKILL)
        try target.awaitEnd()
        try harness.drain()
        #expect(harness.gone.isEmpty)
    }

    @Test func looksAgainOnATimerWithoutPidfds() throws {
        let name = uniqueName()
        let target = try startTarget(named: name)
        let harness = try RunnerHarness()
        var resolver = ProcessResolver(
            scanner: ProcessScanner(root: harness.procFS, excludingSelf: true, scope: .everybody),
            procFS: harness.procFS)
        resolver.openPidfd = deniedPidfdOpening
        var count = 0
        let watch = try GoneWatch(.matching(.named(name)), processes: resolver, loop: harness.loop) { count += 1 }
        watch.start()
        let deadline = try #require(watch.nextCheck)
        #expect(deadline - MonotonicClock.now() <= .milliseconds(100))
        watch.check()
        #expect(count == 0)
        #expect(watch.nextCheck != nil)

        target.kill(SIGKILL)
        try target.awaitEnd()
        watch.check()

        #expect(count == 1)
        #expect(watch.nextCheck == nil)
        watch.check()
        #expect(count == 1)
    }

    @Test func whatCannotBeKnownIsNotGone() throws {
        let directory = try ScratchDirectory()
        let file = try directory.write("no pid", to: "x.pid")
        let harness = try RunnerHarness()
        harness.runner.awaitGone(id, .pidFile(file))
        #expect(harness.gone.isEmpty)
        #expect(harness.runner.nextDeadline != nil)

        try directory.write("", to: "empty")
        try #require(unsafe unlink(file) == 0)
        try harness.wait(for: "the end") { !harness.gone.isEmpty }
        #expect(harness.gone == [id])
        #expect(harness.runner.nextDeadline == nil)
    }
}
