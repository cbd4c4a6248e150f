package import ConfigModel
internal import LinuxProcesses
package import SupervisorCore

/// A running `test-process` that has said that it is ready.
package final class TestProcess {
    /// Its streams, for what the methods here do not say.
    package let process: ChildProcess

    /// Starts it; the arguments are those that `Tests/TestProcess/main.c` lists.
    package init(_ arguments: [String] = [], argumentZero: String? = nil) throws {
        process = try ChildProcess(TestProducts.path(of: "test-process"), arguments, argumentZero: argumentZero)
        try check(process.readLine(), equals: "ready \(process.pid)")
    }

    /// Not to be reused before ``process`` has reaped it.
    package var pid: Int32 { process.pid }

    /// Has a command done, and waits for its answer.
    package func command(
        _ command: String, answer: String = "ok", file: StaticString = #fileID, line: UInt = #line
    ) throws {
        try check(process.ask(command), equals: answer, file: file, line: line)
    }

    /// Has it fork a child, and returns the child's pid.
    package func spawn(_ name: String) throws -> Int32 {
        let answer = try process.ask("spawn \(name)")
        return try require(Int32(answer.dropFirst("child ".count)), "no child: \(answer)")
    }

    /// Has a child end as `command` says, and waits until it is a zombie.
    package func end(_ child: Int32, _ command: String) throws {
        try self.command("tell \(child) \(command)")
        try self.command("await \(child)", answer: "ended")
    }

    /// Which process this is.
    package func identity() throws -> ProcessIdentity { try ProcFS().identity(of: pid) }
}

/// A process name that no other test uses; 12 bytes.
package func uniqueName() -> String {
    let digits = String(UInt64.random(in: 0..<1 << 40), radix: 16)
    return "kt" + String(repeating: "0", count: 10 - digits.count) + digits
}

extension ProcessSelector {
    /// Each condition given as an expression.
    package init(
        name: String? = nil, commandLine: String? = nil, executable: String? = nil, userID: UInt32? = nil
    ) throws(PatternFault) {
        self.init(
            name: try name.map { text throws(PatternFault) in try Pattern(text) },
            commandLine: try commandLine.map { text throws(PatternFault) in try Pattern(text) },
            executable: try executable.map { text throws(PatternFault) in try Pattern(text) },
            userID: userID)
    }
}
