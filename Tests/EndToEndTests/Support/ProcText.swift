import Foundation
import TestSupport

extension String {
    /// The text of a file of /proc, which has no size.
    init(contentsOfProc path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw KnellFault("cannot open \(path)") }
        self = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }
}

/// How often the threads of a process have gone to sleep of their own accord, proc_pid_status(5).
func voluntarySwitches(of pid: Int32) throws -> [String: Int] {
    var switches: [String: Int] = [:]
    for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task") {
        let status = try String(contentsOfProc: "/proc/\(pid)/task/\(thread)/status")
        for line in status.split(separator: "\n") where line.hasPrefix("voluntary_ctxt_switches:") {
            switches[thread] = Int(line.filter(\.isNumber))
        }
    }
    return switches
}

/// Waits until a process holds a pidfd of another, for a Knell that says nothing.
///
/// Nothing tells when, so it looks again and again, for as long as tests have patience.
func awaitPidfd(of pid: Int32, in holder: Int32) throws {
    let deadline = ContinuousClock.now + ChildProcess.patience
    while ContinuousClock.now < deadline {
        let directory = "/proc/\(holder)/fdinfo"
        for descriptor in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            let information = (try? String(contentsOfProc: "\(directory)/\(descriptor)")) ?? ""
            if information.split(separator: "\n").contains("Pid:\t\(pid)") { return }
        }
        sched_yield()
    }
    throw KnellFault("\(holder) holds no pidfd of \(pid)")
}

func state(of pid: Int32) throws -> Character? {
    // The last parenthesis ends the name, proc_pid_stat(5).
    let text = try String(contentsOfProc: "/proc/\(pid)/stat")
    return text.lastIndex(of: ")").flatMap { text[$0...].dropFirst(2).first }
}

/// Waits until a process is in a state. Nothing tells when, so it looks again and again.
func awaitState(_ wanted: Character, of pid: Int32) throws {
    let deadline = ContinuousClock.now + ChildProcess.patience
    while ContinuousClock.now < deadline {
        if try state(of: pid) == wanted { return }
        sched_yield()
    }
    throw KnellFault("\(pid) does not come to state \(wanted)")
}
