import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

@testable import Actions
@testable import ConfigModel

@Suite(.timeLimit(.minutes(10)))
struct ExecActionTests {
    private func run(_ command: String...) throws -> AttemptResult {
        try RunnerHarness().run(.exec(ExecRequest(command: command)))
    }

    /// Runs a shell script.
    private func run(script: String) throws -> AttemptResult { try run("/bin/sh", "-c", script) }

    @Test(
        arguments: [
            ("exit 0", .done), ("exit 3", .exited(.exited(3))), ("exit 255", .exited(.exited(255))),
            ("kill -KILL $$", .exited(.signalled(SIGKILL))), ("kill -TERM $$", .exited(.signalled(SIGTERM))),
        ] as [(String, AttemptResult)])
    func tellsHowTheProgramEnded(script: String, expected: AttemptResult) throws {
        #expect(try run(script: script) == expected)
    }

    @Test func findsTheProgramInPATH() throws {
        #expect(try run("true") == .done)
        #expect(try run("false") == .exited(.exited(1)))
    }

    @Test func argumentsArePassedAsTheyAre() throws {
        let directory = try ScratchDirectory()
        let path = directory.file("out")
        #expect(try run("/bin/sh", "-c", "printf '%s|' \"$@\" > \"$0\"", path, "a b", "", "$HOME", "*") == .done)
        #expect(try readSmallFile(path, limit: 100) == Array("a b||$HOME|*|".utf8))
    }

    @Test func signalsAreNeitherBlockedNorIgnoredAndTheGroupIsItsOwn() throws {
        let directory = try ScratchDirectory()
        let path = directory.file("status")
        // The thread of the test blocks signals, as the supervisor does.
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        let script = "cat /proc/self/status > \"$0\"; cut -d' ' -f5 /proc/$$/stat >> \"$0\"; echo $$ >> \"$0\""
        #expect(try run("/bin/sh", "-c", script, path) == .done)

        let lines = String(decoding: try readSmallFile(path, limit: 65_536), as: UTF8.self).lines
        #expect(lines.contains("SigBlk:\t0000000000000000"))
        // Signals 32 and 33 are libc's own, which it sets as it likes.
        let ignored = lines.first { $0.hasPrefix("SigIgn:\t") }.flatMap { UInt64($0.dropFirst(8), radix: 16) }
        #expect(ignored.map { $0 & ~0x1_8000_0000 } == 0)
        #expect(lines.suffix(2).first == lines.last)
    }

    @Test func itsInputIsEmptyAndNoDescriptorOfKnellIsOpenInIt() throws {
        let directory = try ScratchDirectory()
        let path = directory.file("fds")
        let harness = try RunnerHarness()
        // An HTTP client with a connection, too.
        let server = try ScriptedServer(script: [.sendAndHang("")])
        let id = harness.start(.http(try .testing("http://127.0.0.1:\(server.port)/")))
        try harness.wait(forReadable: server.arrival)
        defer { harness.runner.cancel(id) }
        let script = "cat > \"$0\"; ls /proc/self/fd >> \"$0\""
        #expect(try harness.run(.exec(ExecRequest(command: ["/bin/sh", "-c", script, path]))) == .done)

        let open = String(decoding: try readSmallFile(path, limit: 1_000), as: UTF8.self).lines
        // 3 is the directory that ls reads.
        #expect(open == ["0", "1", "2", "3"])
    }

    @Test(arguments: [
        ("/nonexistent/flush", "cannot run /nonexistent/flush: it, or the interpreter it names, does not exist"),
        (
            "knell-no-such-program",
            "cannot run knell-no-such-program: it is not in PATH, as far as that may be searched"
        ),
        ("/", "cannot run /: it is not executable, or a part of its path may not be searched"),
    ])
    func aProgramThatCannotBeRunIsNamed(program: String, reason: String) throws {
        #expect(try run(program) == .failed(reason: reason, isTransient: false))
    }

    @Test func aFileThatIsNoProgramIsNotGivenToAShell() throws {
        let directory = try ScratchDirectory()
        let path = try directory.write("exit 0\n", to: "script", mode: 0o755)
        #expect(
            try run(path)
                == .failed(
                    reason: "cannot run \(path): it is no program of this machine; a script needs a #! line",
                    isTransient: false))
    }

    @Test(arguments: [true, false])
    func aCancellationKillsTheWholeGroup(hasPidfd: Bool) throws {
        let directory = try ScratchDirectory()
        let fifo = directory.file("alive")
        try #require(unsafe mkfifo(fifo, 0o600) == 0)
        let reader = FileDescriptor(owning: unsafe open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
        let harness = try RunnerHarness()
        // Two processes hold the FIFO open; it is at its end once both are gone.
        let script = "exec 3> \"$0\"; (echo x >&3; exec sleep 1000) & echo x >&3; wait"
        var results: [AttemptResult] = []
        let attempt = ProgramAttempt(
            ExecRequest(command: ["/bin/sh", "-c", script, fifo]), loop: harness.loop,
            desk: harness.desk,
            openPidfd: hasPidfd ? kernelPidfdOpening : deniedPidfdOpening,
            finish: { results.append($0) })
        attempt.start()
        var marks = 0
        let registration = try harness.loop.register(reader.raw, for: .readable) { _ in
            var byte: UInt8 = 0
            while unsafe read(reader.raw, &byte, 1) == 1 { marks += byte == UInt8(ascii: "x") ? 1 : 0 }
        }
        try harness.wait(for: "both processes") { marks == 2 }
        harness.loop.remove(registration)

        #expect(attempt.cancel() == .timedOut)

        var isAtEnd = false
        _ = try harness.loop.register(reader.raw, for: []) { events in isAtEnd = events.contains(.hangUp) }
        try harness.wait(for: "the end of both processes") { isAtEnd }
        #expect(results.isEmpty)
    }

    @Test(arguments: [("exit 0", .done), ("exit 3", .exited(.exited(3)))] as [(String, AttemptResult)])
    func theEndIsNoticedWithoutPidfds(script: String, expected: AttemptResult) throws {
        let harness = try RunnerHarness()
        var results: [AttemptResult] = []
        let attempt = ProgramAttempt(
            ExecRequest(command: ["/bin/sh", "-c", script]), loop: harness.loop, desk: harness.desk,
            openPidfd: deniedPidfdOpening, finish: { results.append($0) })
        attempt.start()
        try harness.wait(for: "the result") { !results.isEmpty }
        #expect(results == [expected])
    }

    @Test(arguments: [true, false])
    func anEndThatHasComeBeforeTheCancellationCounts(hasPidfd: Bool) throws {
        let harness = try RunnerHarness()
        let attempt = ProgramAttempt(
            ExecRequest(command: ["/bin/sh", "-c", "exit 3"]), loop: harness.loop, desk: harness.desk,
            openPidfd: hasPidfd ? kernelPidfdOpening : deniedPidfdOpening,
            finish: { Issue.record("finished with \($0)") })
        attempt.start()
        let pid = try #require(attempt.pid)
        var information = unsafe siginfo_t()
        try #require(unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == 0)

        #expect(attempt.cancel() == .exited(.exited(3)))

        // Nothing is left in the loop that could wake it again and again.
        var wakeUps = 0
        let end = MonotonicClock.now() + .milliseconds(100)
        while MonotonicClock.now() < end {
            try harness.loop.wait(until: end)
            wakeUps += 1
        }
        #expect(wakeUps < 10)
    }

    @Test func nobodyIsLeftAZombie() throws {
        let harness = try RunnerHarness()
        let id = harness.start(.exec(ExecRequest(command: ["sleep", "1000"])))
        let children = try childPIDs(in: harness.procFS)
        #expect(!children.isEmpty)
        harness.runner.cancel(id)
        #expect(harness.results.map(\.result) == [.timedOut])
        // The tests beside this one have children too; so it is these that must go.
        try harness.wait(for: "the reaping") {
            try harness.loop.wait(until: MonotonicClock.now() + .milliseconds(1))
            return try childPIDs(in: harness.procFS).isDisjoint(with: children)
        }
        #expect(harness.results.count == 1)
    }

    /// Our children named `sleep`, zombies included.
    private func childPIDs(in procFS: ProcFS) throws -> Set<Int32> {
        var children: Set<Int32> = []
        for pid in try procFS.processIDs() {
            guard let bytes = try? readSmallFile("/proc/\(pid)/stat", limit: 4_096) else { continue }
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            if fields.count > 3, fields[1] == "(sleep)", fields[3] == "\(getpid())" { children.insert(pid) }
        }
        return children
    }
}

/// A kernel, or a filter, that has no pidfd_open(2).
let deniedPidfdOpening: PidfdOpening = { _ in
    errno = ENOSYS
    return -1
}

extension String {
    /// The lines, without their ends.
    var lines: [String] {
        utf8.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
