import Glibc
import TestSupport
import Testing

/// Knell in a PID namespace, as in a pod.
@Suite(
    .timeLimit(.minutes(10)), .enabled(if: isRoot && canUnshare("--pid"), "a PID namespace takes root and unshare(1)"))
struct NamespaceTests {
    private static let unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]

    private let nothing = configuration(
        watching: uniqueName(), watch: "startTimeout: 100ms", rule: ["exitCode: {notStarted: 4}"])

    @Test func warnsAsTheFirstProcess() throws {
        let knell = try KnellRun(nothing, wrapper: Self.unshare)
        #expect(try knell.exitCode() == 4)
        let warnings = knell.events(named: "namespace.notShared", ["level": "warning"])
        #expect(warnings.count == 1)
        #expect(warnings.first?["error"]?.contains("PID 1") == true)
        #expect(warnings.first?["error"]?.contains("shareProcessNamespace: true") == true)
    }

    @Test func warnsWhereItSeesNobodyElse() throws {
        let knell = try KnellRun(nothing, wrapper: Self.unshare + ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"])
        #expect(try knell.exitCode() == 4)
        let warnings = knell.events(named: "namespace.notShared")
        #expect(warnings.count == 1)
        #expect(warnings.first?["error"]?.contains("shareProcessNamespace: true") == true)
    }

    @Test func watchesTheMainProcessOfASharedNamespace() throws {
        let (name, directory) = (uniqueName(), try TemporaryDirectory())
        // The main process reads the shell's input, which a background job would not do by itself.
        let shell = """
            exec 3<&0
            \(TestProducts.path(of: "test-process")) --name \(name) <&3 & main=$!
            "$@"; exit $?
            """
        let knell = try KnellRun(
            configuration(
                watching: name, rule: ["exitCode: fromTarget"], actions: ["touch: \(directory.file("done"))"]),
            wrapper: Self.unshare + ["/bin/sh", "-c", shell, "sh"])
        let found = try knell.await("target.found")
        #expect(found["pid"].map { (pid: Int) in pid < 100 } == true)
        try knell.await("rule.watching")
        try knell.process.send("exit 3")
        #expect(try knell.exitCode() == 3)
        #expect(directory.holds("done"))
        #expect(knell.events(named: "namespace.notShared").isEmpty)
    }

    @Test func obeysSIGTERMAsTheFirstProcess() throws {
        let directory = try TemporaryDirectory()
        // unshare(1) itself dies of the signal, so it goes to its child, which is the first process.
        let knell = try KnellRun(
            configuration(
                watching: uniqueName(), top: ["onTerminate: run"], rule: ["exitCode: {terminated: 9}"],
                actions: ["touch: \(directory.file("done"))"]),
            wrapper: Self.unshare)
        try knell.await("run.started")
        try knell.await("namespace.notShared")
        let children = try String(contentsOfProc: "/proc/\(knell.process.pid)/task/\(knell.process.pid)/children")
        let first = try #require(Int32(children.split(separator: " ").first ?? ""))
        #expect(kill(first, SIGTERM) == 0)
        #expect(try knell.exitCode() == 9)
        #expect(directory.holds("done"))
    }

    @Test func losesNoSIGTERMThatComesBeforeItWatches() throws {
        let process = try ChildProcess(
            Self.unshare[0], Array(Self.unshare.dropFirst()) + [Knell.path, "run", "--config", "-"],
            environment: Knell.environment, capturesError: true)
        // It reads its configuration now, and has not got to the signals; the kernel drops those of an init that neither
        // holds nor handles them.
        let knell = try awaitInit(in: process.pid, blocking: SIGTERM)
        #expect(kill(knell, SIGTERM) == 0)
        try process.send(
            configuration(watching: uniqueName(), top: ["onTerminate: exit"], rule: ["exitCode: {terminated: 9}"]))
        process.closeInput()
        #expect(try process.readToEnd(from: .standardError).contains("signal.received"))
        #expect(Knell.exitCode(ofWaitStatus: try process.wait()) == 9)
    }

    /// The only child of a process, once it blocks a signal; nothing tells when, so it looks again and again.
    private func awaitInit(in parent: Int32, blocking signal: Int32) throws -> Int32 {
        let deadline = ContinuousClock.now + ChildProcess.patience
        while ContinuousClock.now < deadline {
            let children = (try? String(contentsOfProc: "/proc/\(parent)/task/\(parent)/children")) ?? ""
            if let child = children.split(separator: " ").first.flatMap({ Int32($0) }) {
                let status = (try? String(contentsOfProc: "/proc/\(child)/status")) ?? ""
                // Until then it is a copy of unshare(1), which blocks signals of its own.
                guard status.hasPrefix("Name:\tknell\n") else { continue }
                let field = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }?.dropFirst(
                    "SigBlk:\t".count)
                if let mask = field.flatMap({ UInt64($0, radix: 16) }), mask & 1 << (signal - 1) != 0 { return child }
            }
            sched_yield()
        }
        throw KnellFault("the child of \(parent) does not block signal \(signal)")
    }
}
