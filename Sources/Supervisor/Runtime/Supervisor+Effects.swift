internal import ConfigModel
internal import LinuxProcesses
internal import SupervisorCore

/// The deeds that the engine asks for.
extension Supervisor {
    func perform(_ effect: Effect) {
        switch effect {
        case .scan(let queries): scan(queries)
        case .watch(let process): if command?.watches(process) != true { watcher.watch(process) }
        case .unwatch(let process): if command?.unwatches(process) != true { watcher.unwatch(process) }
        case .start(let attempt, let action): performer.start(attempt, action)
        case .cancel(let attempt): performer.cancel(attempt)
        case .awaitGone(let action, let reference): performer.awaitGone(action, reference)
        case .stopAwaitingGone(let action): performer.stopAwaitingGone(action)
        case .log(let record): if command?.tells(record.name) != true { log.hold(record) }
        }
    }

    private func scan(_ queries: [TargetQuery]) {
        do throws(SystemCallError) {
            var scanner = scanner
            if command != nil { scanner.programs = performer.programs }
            let scan = try scanner.scan(for: queries)
            for right in scan.missingRights { tell(right) }
            queue.append(.scanned(withCommand(scan.result, queries)))
        } catch {
            queue.append(.scanFailed(reason: error.description))
        }
    }

    /// The command stands for every target, whatever it is called.
    private func withCommand(_ result: ScanResult, _ queries: [TargetQuery]) -> ScanResult {
        guard let sighting = command?.sighting else { return result }
        var result = result
        for query in queries {
            let seen = result.sightings[query.target, default: []]
            if !seen.contains(where: { $0.process == sighting.process }) {
                result.sightings[query.target] = [sighting] + seen
            }
        }
        return result
    }

    /// Says once for each target and condition which right is missing.
    private func tell(_ right: ProcessScan.MissingRight) {
        let key = ProcessScan.MissingRight(target: right.target, condition: right.condition, pid: 0)
        guard toldRights.insert(key).inserted else { return }
        log.write(
            LogRecord(.rightMissing, level: .warning).with {
                $0.rule = engine.rule(right.target.rule)?.name
                $0.target = right.target.index
                $0.pid = right.pid
                $0.error = ProcessScan.warning(right.condition, of: "this process")
            })
    }
}
