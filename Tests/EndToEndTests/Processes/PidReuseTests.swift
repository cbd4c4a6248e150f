import Glibc
import TestSupport
import Testing

/// A pid that another process has by now.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled(if: isRoot && canUnshare("--pid"), "choosing pids takes root and a PID namespace")
)
struct PidReuseTests {
    /// A first process is watched, ends while Knell stands still, and its pid is given to another of the same name. Without
    /// a pidfd nobody tells how the first one ended.
    @Test(arguments: [false, true]) func isAnotherProcess(isPolling: Bool) throws {
        let (name, directory) = (uniqueName(), try TemporaryDirectory())
        let file = try directory.write(
            configuration(
                watching: name, rule: ["exitCode: {ended: fromTarget, unknown: 6}"],
                actions: ["touch: \(directory.file("done"))"]),
            to: "knell.yaml")
        let denial = isPolling ? ["$TEST", "--deny-pidfd-open", "1"] : []
        let script = """
            TEST=$1; KNELL=$2; NAME=$3; FILE=$4
            mkfifo "$5/first" "$5/second"
            "$TEST" --name "$NAME" <"$5/first" >/dev/null & first=$!
            exec 8>"$5/first"
            \(denial.map { "\"\($0)\"" }.joined(separator: " ")) "$KNELL" run --config "$FILE" & knell=$!
            read -r line; kill -STOP $knell
            echo exit 3 >&8; wait $first
            echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
            "$TEST" --name "$NAME" <"$5/second" & second=$!
            exec 9>"$5/second"
            read -r line
            kill -CONT $knell
            echo $first $second
            read -r line
            echo exit 0 >&9
            wait $knell; code=$?
            echo $code
            """
        let shell = try ChildProcess(
            "unshare",
            [
                "--pid", "--fork", "--mount-proc", "--kill-child", "/bin/sh", "-c", script, "sh",
                TestProducts.path(of: "test-process"), Knell.path, name, file, directory.path,
            ], environment: Knell.environment, capturesError: true)
        func event(_ name: String) throws -> LogEvent {
            while let line = try shell.readLine(from: .standardError) {
                if let found = try? LogEvent(line), found.name == name { return found }
            }
            throw KnellFault("no \(name)")
        }

        let found = try event("target.found")
        _ = try event("rule.watching")
        try shell.send("reuse")
        #expect(try shell.readLine()?.hasPrefix("ready ") == true)
        try shell.send("go on")
        let pids = try #require(try shell.readLine()).split(separator: " ")
        #expect(pids.count == 2 && pids[0] == pids[1], "the pid was not given away: \(pids)")
        #expect(pids.first.map(String.init) == (found["pid"] as Int?).map(String.init))
        let exited = try event("target.exited")
        #expect(exited["pid"] == (found["pid"] as Int?))
        let successor = try event("target.found")
        #expect(successor["pid"] == (found["pid"] as Int?))
        #expect(!directory.holds("done"))
        try shell.send("end")
        let code = isPolling || !kernelIsAtLeast(6, 15) ? 6 : 3
        #expect(try event("run.finished")["exitCode"] == code)
        #expect(try shell.readLine() == "ok")
        #expect(try shell.readLine() == "\(code)")
        #expect(directory.holds("done"))
    }
}
