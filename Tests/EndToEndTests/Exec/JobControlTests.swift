import Glibc
import TestSupport
import Testing

/// `knell exec` as a job of an interactive shell.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled(if: unsafe access("/bin/bash", X_OK) == 0, "an interactive shell with job control takes bash"))
struct JobControlTests {
    @Test(arguments: [[], ["--process-group"]])
    func obeysTheKeyboardAsTheCommandAloneWould(options: [String]) throws {
        let terminal = try PseudoTerminal()
        let shell = try ChildProcess(
            "/bin/bash", ["--norc", "--noprofile", "--noediting", "-i"],
            environment: Knell.environment + ["PS1=> ", "TERM=dumb"], terminal: terminal)
        let words = [Knell.path, "exec", "--log-level", "error"] + options + ["--", ExecTests.command]
        try terminal.type(words.joined(separator: " ") + "\n")
        _ = try terminal.read(to: "ready ")
        let pid = try #require(Int32(terminal.read(to: "\r\n").dropLast(1)))
        try terminal.type("catch \(SIGINT)\n")
        _ = try terminal.read(to: "ok")

        // Ctrl-C reaches the command, once.
        try terminal.type("\u{3}")
        _ = try terminal.read(to: "caught \(SIGINT)")
        try terminal.type("group\n")
        #expect(try !terminal.read(to: "group ").contains("caught"))

        // Ctrl-Z stops the whole job, and the shell has the terminal.
        try terminal.type("\u{1A}")
        _ = try terminal.read(to: "Stopped")
        // The shell waits for Knell; the command, stopped by the same keys, may be in the middle of a read(2) yet.
        try awaitState("T", of: pid)
        try terminal.type("echo shell=$((6 * 7))\n")
        _ = try terminal.read(to: "shell=42")
        try terminal.type("fg\n")
        try terminal.type("group\n")
        _ = try terminal.read(to: "group ")

        try terminal.type("exit 3\n")
        _ = try terminal.read(to: "ok")
        try terminal.type("echo code=$?\n")
        _ = try terminal.read(to: "code=3")
        try terminal.type("exit\n")
        try shell.wait()
    }
}
