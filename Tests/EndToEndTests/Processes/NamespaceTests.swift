import Glibc
import TestSupport
import Testing

/// Knell in a PID namespace, as in a pod.
@Suite(
    .timeLimit(.minutes(3)), .enabled(if: isRoot && canUnshare("--pid"), "a PID namespace takes root and unshare(1)"))
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
}
