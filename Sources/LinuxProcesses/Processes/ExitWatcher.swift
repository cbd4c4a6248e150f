internal import Glibc
package import SupervisorCore

/// Reports the end of processes that are not our children, with the best exit status that the kernel tells.
///
/// Each has a pidfd in the event loop, so watching costs nothing while nothing happens. Where pidfd_open(2) is missing
/// or forbidden, processes are *polled* instead: see ``needsPolling``.
///
/// `onExit` is called from inside ``EventLoop/wait(until:)``, ``poll()`` and ``deadlineReached(at:)``, once for a
/// process and never from inside ``watch(_:)``: what has ended by then is reported by a later `wait`.
package final class ExitWatcher {
    /// How long a zombie whose status only its reaping will tell is waited for: the engine is held up meanwhile, and a
    /// parent that has not reaped by then may never do it.
    package static let reapingBound = Duration.milliseconds(500)

    /// After so many looks in a row that failed, nobody can tell any more that a polled process lives. It counts as ended
    /// then, which a look through the whole table confirms or not.
    package static let failedLooksAtMost = 10

    private enum Watch {
        /// The loop waits for the end of the process; deadline as in ``Descriptor``.
        case descriptor(Descriptor)
        /// There is no pidfd, so ``poll()`` looks; how often in a row it could not.
        case polled(failures: Int)
        /// It was gone when the watch began, and that is still to be reported.
        case gone
    }

    private final class Descriptor {
        let pidfd: ProcessDescriptor
        let registration: EventLoop.Registration
        /// Set while a zombie's reaping is waited for.
        var deadline: Instant?

        init(_ pidfd: consuming ProcessDescriptor, registration: EventLoop.Registration) {
            self.pidfd = pidfd
            self.registration = registration
        }
    }

    private let loop: EventLoop
    private let procFS: ProcFS
    private let onExit: (ProcessIdentity, ExitReport) -> Void
    private let onDegraded: (String) -> Void
    private var watches: [ProcessIdentity: Watch] = [:]
    private var isDegraded = false
    private var hasTold = false
    private var hasRaisedLimit = false
    /// Brings the reports of ``Watch/gone`` to a later turn of the loop; `nil` only while the watcher is being made.
    private var gone: Mailbox<ProcessIdentity>?

    /// - Parameters:
    ///   - loop: Waits for the pidfds.
    ///   - procFS: Tells start times and the status of zombies.
    ///   - onExit: Takes the end of a watched process.
    ///   - onDegraded: Called once, from inside ``watch(_:)``, when a process has to be polled, with the reason.
    /// - Throws: ``SystemCallError`` of eventfd(2) or epoll_ctl(2).
    package init(
        loop: EventLoop, procFS: ProcFS,
        onExit: @escaping (ProcessIdentity, ExitReport) -> Void, onDegraded: @escaping (String) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.procFS = procFS
        self.onExit = onExit
        self.onDegraded = onDegraded
        gone = try loop.makeMailbox { [weak self] process in self?.reportGone(process) }
    }

    deinit {
        for case .descriptor(let descriptor) in watches.values { loop.remove(descriptor.registration) }
    }

    /// Whether processes are watched that only ``poll()`` can see end.
    package var needsPolling: Bool {
        watches.values.contains { if case .polled = $0 { true } else { false } }
    }

    /// When ``deadlineReached(at:)`` is due; `nil` while no zombie is waited for.
    package var nextDeadline: Instant? {
        watches.values.compactMap { if case .descriptor(let descriptor) = $0 { descriptor.deadline } else { nil } }
            .min()
    }

    /// Begins to watch a process. Watching it already does nothing.
    package func watch(_ process: ProcessIdentity) {
        guard watches[process] == nil else { return }
        guard !isDegraded, !procFS.isForeign else {
            watches[process] = .polled(failures: 0)
            return
        }
        do {
            watches[process] = .descriptor(try open(process))
        } catch {
            if error.meansGone {
                watches[process] = .gone
                gone?.send(process)
                return
            }
            watches[process] = .polled(failures: 0)
            // For want of descriptors this one is polled; any other refusal will be repeated for the next.
            if !error.meansExhausted { isDegraded = true }
            if !hasTold { onDegraded("\(error)") }
            hasTold = true
        }
    }

    /// Ends the interest in a process: its end is not reported any more.
    package func unwatch(_ process: ProcessIdentity) {
        if case .descriptor(let descriptor) = watches.removeValue(forKey: process) {
            loop.remove(descriptor.registration)
        }
    }

    /// Takes the end of a process in that we have just reaped ourselves, so that no other source can tell of it any more.
    package func reaped(_ pid: Int32, _ status: ExitStatus) {
        guard let process = watches.keys.first(where: { $0.pid == pid }) else { return }
        report(process, ExitReport(status: status, source: .waitid))
    }

    /// Looks once at the processes that have no pidfd.
    package func poll() {
        for (process, watch) in watches {
            guard case .polled(let failures) = watch else { continue }
            do throws(SystemCallError) {
                if try procFS.isRunning(process) {
                    watches[process] = .polled(failures: 0)
                    continue
                }
            } catch {
                // A failure to look is no end.
                watches[process] = .polled(failures: failures + 1)
                if failures + 1 < Self.failedLooksAtMost { continue }
            }
            if case .known(let status) = ZombieStatus(of: process, in: procFS) {
                report(process, ExitReport(status: status, source: .procStat))
            } else {
                report(process, .unknown)
            }
        }
    }

    /// Gives up on zombies that have been waited for long enough: their status stays unknown.
    package func deadlineReached(at now: Instant) {
        for (process, watch) in watches {
            guard case .descriptor(let descriptor) = watch, let deadline = descriptor.deadline, deadline <= now else {
                continue
            }
            report(process, .unknown)
        }
    }

    private func open(_ process: ProcessIdentity) throws(SystemCallError) -> Descriptor {
        do {
            return try register(process)
        } catch {
            guard error.meansExhausted, !hasRaisedLimit else { throw error }
            hasRaisedLimit = true
            guard DescriptorLimit.raise() else { throw error }
            return try register(process)
        }
    }

    private func register(_ process: ProcessIdentity) throws(SystemCallError) -> Descriptor {
        let pidfd = try ProcessDescriptor(of: process, in: procFS)
        guard DescriptorLimit.leavesReserve(pidfd.raw) else {
            throw SystemCallError(call: "pidfd_open", errno: EMFILE, subject: "\(process.pid)")
        }
        let registration = try loop.register(pidfd.raw, for: .readable) { [weak self] events in
            self?.ready(process, isReaped: events.contains(.hangUp))
        }
        return Descriptor(pidfd, registration: registration)
    }

    /// The pidfd of a process is ready: the process has ended, and has been reaped where it is hung up.
    private func ready(_ process: ProcessIdentity, isReaped: Bool) {
        guard case .descriptor(let descriptor) = watches[process] else { return }
        let information = descriptor.pidfd.exitInformation()
        switch information {
        case .ended(let status): return report(process, ExitReport(status: status, source: .pidfdInfo))
        case .notYet, .unavailable: if isReaped { return report(process, .unknown) }
        }
        switch ZombieStatus(of: process, in: procFS) {
        case .known(let status):
            report(process, ExitReport(status: status, source: .procStat))
        case .gone:
            // Reaped since the first question.
            if case .ended(let status) = descriptor.pidfd.exitInformation() {
                report(process, ExitReport(status: status, source: .pidfdInfo))
            } else {
                report(process, .unknown)
            }
        case .withheld:
            // The reaping would tell nothing on an old kernel.
            guard information == .notYet else { return report(process, .unknown) }
            awaitReaping(of: process, with: descriptor)
        }
    }

    /// Waits for the hang-up alone: a zombie's pidfd stays readable, which would keep the loop from sleeping.
    private func awaitReaping(of process: ProcessIdentity, with descriptor: Descriptor) {
        do {
            try loop.modify(descriptor.registration, for: [])
            descriptor.deadline = MonotonicClock.now() + Self.reapingBound
        } catch {
            report(process, .unknown)
        }
    }

    private func reportGone(_ process: ProcessIdentity) {
        guard case .gone = watches[process] else { return }
        report(process, .unknown)
    }

    private func report(_ process: ProcessIdentity, _ report: ExitReport) {
        unwatch(process)
        onExit(process, report)
    }
}
