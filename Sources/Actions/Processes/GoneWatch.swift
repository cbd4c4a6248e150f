internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// Waits until no process of a reference is left.
///
/// Every process that is found has a descriptor in the loop, so its end is an event. When the last has ended, it looks
/// once more, since others may have come meanwhile. Only where the kernel gives no descriptor, or /proc cannot be
/// read, it looks again on a timer, which the shell drives through ``nextCheck`` and ``check()``.
final class GoneWatch {
    /// Owns a descriptor for as long as it is registered.
    private final class Watched {
        let descriptor: FileDescriptor
        let registration: EventLoop.Registration

        init(_ descriptor: consuming FileDescriptor, _ registration: EventLoop.Registration) {
            self.descriptor = descriptor
            self.registration = registration
        }
    }

    /// The pause between two looks where no event tells.
    private static let interval = Duration.milliseconds(100)
    /// How often it looks again at once when all that it found had ended before it could be watched.
    private static let immediateLooks = 3

    /// When ``check()`` is due; `nil` while events tell.
    private(set) var nextCheck: Instant?

    private let reference: ProcessReference
    private let processes: ProcessResolver
    private let loop: EventLoop
    private var onGone: (() -> Void)?
    private var watched: [Int32: Watched] = [:]
    /// What a pid meant at the start; a pid that is reused later is not waited for.
    private var pinned: [FoundProcess]?

    /// A watch that is not running yet; `onGone` is called once, unless it is stopped before.
    init(
        _ reference: ProcessReference, processes: ProcessResolver, loop: EventLoop, onGone: @escaping () -> Void
    ) {
        self.reference = reference
        self.processes = processes
        self.loop = loop
        self.onGone = onGone
    }

    deinit { dropWatched() }

    /// Looks for the first time; may call `onGone`.
    func start() { look() }

    /// Looks again, because ``nextCheck`` has come; may call `onGone`.
    func check() {
        guard onGone != nil else { return }
        dropWatched()
        look()
    }

    /// Ends the watch without a word.
    func stop() {
        onGone = nil
        nextCheck = nil
        dropWatched()
    }

    private func look() {
        nextCheck = nil
        for _ in 0..<Self.immediateLooks {
            guard let found = find() else { return checkLater() }
            var isUnwatched = false
            for process in found where !watch(process) { isUnwatched = true }
            if isUnwatched { return checkLater() }
            if !watched.isEmpty { return }
            // Nothing lives of what was found. Of a selector others may have come since, unless nothing was found.
            if found.isEmpty || pinned != nil {
                let onGone = self.onGone
                self.onGone = nil
                onGone?()
                return
            }
        }
        checkLater()
    }

    /// The processes to wait for; `nil` where that cannot be known at the moment.
    private func find() -> [FoundProcess]? {
        if let pinned { return pinned }
        guard let found = try? processes.processes(reference) else { return nil }
        if case .matching = reference { return found }
        pinned = found
        return found
    }

    /// Puts a descriptor of the process into the loop; `false` where it lives and that is not possible.
    private func watch(_ process: FoundProcess) -> Bool {
        let pid = process.pid
        switch processes.hold(process) {
        case .gone: return true
        case .denied: return !process.isAlive(processes.procFS)
        case .held(let descriptor):
            guard
                let registration = try? loop.register(
                    descriptor.raw, for: .readable,
                    handler: { [weak self] _ in self?.ended(pid) })
            else { return false }
            watched[pid] = Watched(descriptor, registration)
            return true
        }
    }

    private func ended(_ pid: Int32) {
        if let process = watched.removeValue(forKey: pid) { loop.remove(process.registration) }
        if watched.isEmpty { look() }
    }

    private func checkLater() { nextCheck = MonotonicClock.now() + Self.interval }

    private func dropWatched() {
        for process in watched.values { loop.remove(process.registration) }
        watched = [:]
    }
}
