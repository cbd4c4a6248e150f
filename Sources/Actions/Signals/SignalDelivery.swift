internal import CLinux
internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

/// Performs a `signal` step.
struct SignalDelivery {
    private enum Delivery {
        case reached
        case gone
        case notPermitted
        case failed(SystemCallError)
    }

    /// The most processes that a message names one by one.
    private static let namedAtMost = 3

    let processes: ProcessResolver

    /// Sends the signal to every process of the request, also where it fails for some of them.
    func deliver(_ request: SignalRequest) -> AttemptResult {
        guard !processes.isForeign else {
            return .failed(
                reason: "the process table of --proc-root is not this PID namespace's, so its pids cannot be signalled",
                isTransient: false)
        }
        let found: [FoundProcess]
        do throws(ResolutionFault) {
            found = try processes.processes(request.process)
        } catch {
            return .failed(reason: error.reason, isTransient: false)
        }
        var count = 0
        var faults: [String] = []
        for process in found {
            // A selector never matches Knell; this holds even where the scanner does not know its own pid.
            guard process.pid > 0, process.pid != getpid() else { continue }
            switch send(request.signal, to: process) {
            case .reached: count += 1
            case .gone: break
            case .notPermitted: faults.append(refusal(of: process))
            case .failed(let error): faults.append("cannot signal pid \(process.label): \(error)")
            }
        }
        if faults.isEmpty { return .signalled(count: count) }
        var reason = faults.prefix(Self.namedAtMost).joined(separator: "; ")
        if faults.count > Self.namedAtMost { reason += "; and \(faults.count - Self.namedAtMost) more" }
        return .failed(reason: reason, isTransient: false)
    }

    private func send(_ signal: Signal, to process: FoundProcess) -> Delivery {
        switch processes.hold(process) {
        case .gone: return .gone
        case .held(let descriptor):
            if knell_pidfd_send_signal(descriptor.raw, signal.number) == 0 { return .reached }
            // ENOSYS: Linux 5.1 has pidfd_send_signal, yet a filter may allow one of the two calls only.
            if errno != ENOSYS { return delivery(after: .last("pidfd_send_signal", "\(process.pid)")) }
        case .denied: break
        }
        guard process.isAlive(processes.procFS) else { return .gone }
        return kill(process.pid, signal.number) == 0 ? .reached : delivery(after: .last("kill", "\(process.pid)"))
    }

    private func delivery(after error: SystemCallError) -> Delivery {
        switch error.errno {
        case ESRCH: .gone
        case EPERM: .notPermitted
        default: .failed(error)
        }
    }

    private func refusal(of process: FoundProcess) -> String {
        var facts = ProcProcessFacts(of: process.pid, in: processes.procFS)
        let owner = (try? facts.userID()).map { " of uid \($0)" } ?? ""
        return "may not signal pid \(process.label)\(owner): Knell runs as uid \(getuid()) and lacks CAP_KILL"
    }
}
