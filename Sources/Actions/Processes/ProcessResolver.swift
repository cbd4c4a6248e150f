internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Why a reference cannot be followed, worded for the log.
struct ResolutionFault: Error, Hashable, Sendable {
    let reason: String
}

/// Finds the processes that a step speaks of, as they are now.
struct ProcessResolver {
    let scanner: ProcessScanner
    let procFS: ProcFS

    /// Whether the pids in the table are not those that system calls take.
    var isForeign: Bool { procFS.isForeign }
    var openPidfd = kernelPidfdOpening

    /// A hold on the process; see ``FoundProcess/hold(_:open:)``.
    func hold(_ process: FoundProcess) -> ProcessHold { process.hold(procFS, open: openPidfd) }

    /// The living processes; empty where there is none, a missing pid file included.
    ///
    /// - Throws: ``ResolutionFault`` where it cannot be known, or where the pid is none that may be meant.
    func processes(_ reference: ProcessReference) throws(ResolutionFault) -> [FoundProcess] {
        switch reference {
        case .matching(let selector):
            do throws(SystemCallError) {
                return try scanner.processes(matching: selector).map { sighting in
                    FoundProcess(
                        pid: sighting.process.pid, identity: sighting.process, name: sighting.name, selector: selector)
                }
            } catch {
                throw ResolutionFault(reason: "cannot look for \(selector): \(error)")
            }
        case .pid(let pid):
            return try process(pid)
        case .pidFile(let path):
            guard let pid = try pid(inFile: path) else { return [] }
            return try process(pid)
        }
    }

    private func process(_ pid: Int32) throws(ResolutionFault) -> [FoundProcess] {
        guard pid > 0 else { throw ResolutionFault(reason: "\(pid) is no pid of a process") }
        guard pid != getpid() else { throw ResolutionFault(reason: "pid \(pid) is Knell itself") }
        // Where /proc is silent, mounted with hidepid for one, the process may be there all the same: the pid is
        // enough to ask the kernel.
        var facts = ProcProcessFacts(of: pid, in: procFS)
        let name = (try? facts.name()).map { String(decoding: $0, as: UTF8.self) }
        return [FoundProcess(pid: pid, identity: try? procFS.identity(of: pid), name: name)]
    }

    /// The number in a pid file; `nil` where there is no such file.
    private func pid(inFile path: String) throws(ResolutionFault) -> Int32? {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try readSmallFile(path, limit: 64)
        } catch {
            if error.errno == ENOENT { return nil }
            throw ResolutionFault(reason: "cannot read the pid file: \(error)")
        }
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let digits = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let pid = Int32(String(decoding: digits, as: UTF8.self)), pid > 0
        else { throw ResolutionFault(reason: "the pid file \(path) does not hold a pid") }
        // A process that writes 1 counts in a PID namespace of its own. Here it is the pod's first process, with which the
        // whole pod would end.
        guard pid != 1 else {
            throw ResolutionFault(
                reason:
                    "the pid file \(path) holds 1, which is a pid of another PID namespace or the pod's first process; "
                    + "select the process by its name")
        }
        return pid
    }
}
