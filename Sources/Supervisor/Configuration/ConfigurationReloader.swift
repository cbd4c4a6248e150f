internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// Reads the configuration again when its file has become another, and when it is asked to.
///
/// It belongs to the loop's thread. A version that is invalid is told and left aside: the last good one stays.
final class ConfigurationReloader {
    /// How long nothing must have happened to the file before it is read: a kubelet and an editor take several steps.
    private static let quiet = Duration.milliseconds(50)
    /// The longest that steps which do not end hold a reading back.
    private static let patience = Duration.milliseconds(500)
    /// How long a version that cannot be used must stay the same before it is told: it may be half written.
    private static let confirmation = Duration.milliseconds(300)

    /// How often the way to the file is followed anew where it changes under the watcher's hands.
    private static let rounds = 5

    /// What the file was like at a reading.
    private enum Condition: Hashable {
        case version(ConfigurationSource.Fingerprint)
        case unreadable(SystemCallError)
    }

    /// A reading that is due.
    private struct Appointment {
        var due: Instant
        /// It is not put off beyond that.
        let latest: Instant
    }

    private let source: ConfigurationSource
    private let loop: EventLoop
    private let log: EventLog
    private let onPlan: (Plan) -> Void
    private var places: ConfigurationPlaces
    private var watch: DirectoryWatch?
    private var appointment: Appointment?
    /// The version that counts.
    private var current: ConfigurationSource.Fingerprint
    /// What was found wrong, before it was told and afterwards.
    private var suspected: Condition?
    private var rejected: Condition?
    private var hasWarned = false

    /// A reloader of `source`, of which `version` counts by now; `onPlan` gets the plan of every later one that is valid.
    init(
        _ source: ConfigurationSource, version: ConfigurationSource.Version, loop: EventLoop, log: EventLog,
        onPlan: @escaping (Plan) -> Void
    ) {
        self.source = source
        self.loop = loop
        self.log = log
        self.onPlan = onPlan
        current = version.fingerprint
        places = ConfigurationPlaces(of: source.path)
    }

    /// When ``deadlineReached(at:)`` is due.
    var nextDeadline: Instant? { appointment?.due }

    /// Begins to watch the file, and reads it once more: it may have changed since it was read.
    func begin() {
        do throws(SystemCallError) {
            watch = try DirectoryWatch(loop: loop) { [weak self] change in self?.happened(change) }
        } catch {
            warn("changes of the configuration are not noticed by themselves: \(error)")
        }
        if places.isMountedAlone {
            warn(
                "\(source.path) is mounted by itself (subPath): a kubelet never updates such a mount; mount the whole "
                    + "ConfigMap as a directory")
        }
        lookAgain()
    }

    /// Reads the file now, whether it has changed or not, and tells what comes of it.
    func reload() {
        appointment = nil
        followPlaces()
        switch read() {
        case .success(let version):
            if let plan = version.plan {
                accept(plan, version)
            } else {
                reject(.version(version.fingerprint), reason: reason(against: version))
            }
        case .failure(let error): reject(.unreadable(error), reason: reason(against: error))
        }
    }

    /// Reads the file, because ``nextDeadline`` has come.
    func deadlineReached(at now: Instant) {
        appointment = nil
        lookAgain()
    }

    private func happened(_ change: DirectoryWatch.Change) {
        guard places.isConcerned(by: change) else { return }
        let now = MonotonicClock.now()
        let latest = appointment?.latest ?? now + Self.patience
        appointment = Appointment(due: min(now + Self.quiet, latest), latest: latest)
    }

    private func lookAgain() {
        followPlaces()
        switch read() {
        case .success(let version):
            if version.fingerprint == current, rejected == nil {
                suspected = nil
            } else if let plan = version.plan {
                accept(plan, version)
            } else {
                suspect(.version(version.fingerprint)) { reason(against: version) }
            }
        case .failure(let error): suspect(.unreadable(error)) { reason(against: error) }
        }
    }

    private func read() -> Result<ConfigurationSource.Version, SystemCallError> {
        Result { () throws(SystemCallError) in try source.read() }
    }

    private func accept(_ plan: Plan, _ version: ConfigurationSource.Version) {
        current = version.fingerprint
        suspected = nil
        rejected = nil
        onPlan(plan)
    }

    /// Tells what is wrong once it has been so for a while.
    private func suspect(_ condition: Condition, reason: () -> String) {
        if condition == rejected { return }
        guard condition == suspected else {
            suspected = condition
            let due = MonotonicClock.now() + Self.confirmation
            appointment = Appointment(due: due, latest: due)
            return
        }
        reject(condition, reason: reason())
    }

    private func reject(_ condition: Condition, reason: String) {
        suspected = nil
        rejected = condition
        log.write(
            LogRecord(.configRejected, level: .error).with {
                $0.error = reason
                $0.note = "the last valid configuration stays"
            })
    }

    private func reason(against version: ConfigurationSource.Version) -> String {
        version.reading.summary(fileName: source.displayName)
    }

    private func reason(against error: SystemCallError) -> String { "cannot read the configuration: \(error)" }

    /// Watches where the links lead now.
    private func followPlaces() {
        guard let watch else { return }
        for _ in 0..<Self.rounds {
            places = ConfigurationPlaces(of: source.path)
            for path in watch.watchedPaths.subtracting(places.names.keys) { watch.remove(path) }
            do throws(SystemCallError) {
                for path in places.names.keys.sorted() where !watch.watchedPaths.contains(path) { try watch.add(path) }
                return
            } catch  where error.meansGone {
                // A swap has taken the directory away meanwhile: the way leads elsewhere by now.
                continue
            } catch {
                return warn("changes of the configuration are not noticed by themselves: \(error)")
            }
        }
        // It goes on changing, and every change is told: the next reading looks again.
        appointment = Appointment(
            due: MonotonicClock.now() + Self.patience, latest: MonotonicClock.now() + Self.patience)
    }

    /// Says once why a change may go unnoticed.
    private func warn(_ text: String) {
        if hasWarned { return }
        hasWarned = true
        log.write(LogRecord(.configWarning, level: .warning).with { $0.error = text })
    }
}
