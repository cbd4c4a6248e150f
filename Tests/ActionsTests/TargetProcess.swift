import Glibc
import Synchronization
import TestSupport

@testable import ConfigModel

private let nameCounter = Atomic(0)

/// A process name that no other process has, short enough for the kernel.
func uniqueName() -> String {
    "t\(getpid())-\(nameCounter.wrappingAdd(1, ordering: .relaxed).newValue)"
}

/// A process of this name that waits for commands, started and named already.
func startTarget(named name: String, _ arguments: String...) throws -> ChildProcess {
    let process = try ChildProcess(TestProducts.path(of: "test-process"), ["--name", name] + arguments)
    _ = try process.readLine()
    return process
}

extension ProcessSelector {
    /// The processes of exactly this name.
    static func named(_ name: String) throws -> ProcessSelector {
        ProcessSelector(name: try Pattern("^\(name)$"), commandLine: nil, executable: nil, userID: nil)
    }
}
