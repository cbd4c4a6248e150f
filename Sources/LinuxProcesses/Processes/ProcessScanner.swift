package import ConfigModel
package import SupervisorCore

/// Looks through the process table for the processes that selectors describe.
///
/// Never matched: Knell itself, its ancestors and, except in `exec`, its descendants, threads of the kernel, and zombies.
package struct ProcessScanner {
    let procFS: ProcFS
    private let ownPID: Int32?
    private let scope: ScanScope
    /// In ``ScanScope/descendants``, children of Knell that do not match, nor what descends from them: programs of actions.
    package var programs: Set<Int32> = []

    /// - Parameters:
    ///   - root: The process table to look through.
    ///   - excludingSelf: Whether Knell and its kin are left out; `false` for a recorded table, where our pid means
    ///     nothing.
    ///   - scope: Whose processes may match.
    ///   - ownPID: Knell's pid as `root` counts it; by default what `root` says, see ``ProcFS/ownPID()``.
    package init(root: ProcFS, excludingSelf: Bool, scope: ScanScope = .strangers, ownPID: Int32? = nil) {
        procFS = root
        self.ownPID = excludingSelf ? ownPID ?? root.ownPID() : nil
        self.scope = scope
    }

    /// Looks once through the table for all targets.
    ///
    /// A process that ends meanwhile is no match. What is reported of a match belongs to one process: the start time is
    /// read before and after the facts.
    ///
    /// - Throws: ``SystemCallError`` where the table, or an entry in it, cannot be read for reasons of ours, such as
    ///   EMFILE: an incomplete look must not pass for an end.
    package func scan(for queries: [TargetQuery]) throws(SystemCallError) -> ProcessScan {
        var scan = ProcessScan()
        try look(for: queries.map(\.selector)) { index, finding in
            let target = queries[index].target
            switch finding {
            case .sighting(let sighting): scan.result.sightings[target, default: []].append(sighting)
            case .missingRight(let condition, let pid): scan.note(condition, of: target, missingFor: pid)
            }
        }
        return scan
    }

    /// The processes that match one selector now, in ascending order of their pids.
    ///
    /// - Throws: ``SystemCallError``, as ``scan(for:)``.
    package func processes(matching selector: ProcessSelector) throws(SystemCallError) -> [Sighting] {
        var sightings: [Sighting] = []
        try look(for: [selector]) { _, finding in
            if case .sighting(let sighting) = finding { sightings.append(sighting) }
        }
        return sightings
    }

    private enum Finding {
        case sighting(Sighting)
        case missingRight(SelectorVerdict.Condition, Int32)
    }

    private func look(
        for selectors: [ProcessSelector], report: (Int, Finding) -> Void
    ) throws(SystemCallError) {
        if selectors.isEmpty { return }
        var kinship = kinship()
        for pid in try procFS.processIDs() {
            // Most processes are of no interest, which `comm` alone tells; so nothing else is read first.
            var verdicts = try verdicts(of: selectors, on: pid).verdicts
            guard !verdicts.isEmpty, let stat = try stat(of: pid), exclusion(of: pid, stat, &kinship) == nil else {
                continue
            }

            var name = stat.name
            if verdicts.contains(where: { $0.verdict == .match }) {
                // The pid may have been given away since the first look, so what counts is a second one, between two
                // readings of the start time.
                var facts: ProcProcessFacts
                (facts, verdicts) = try self.verdicts(of: selectors, on: pid)
                if let fullName = try? facts.name() { name = fullName }
                guard try self.stat(of: pid)?.startTicks == stat.startTicks else { continue }
            }
            let sighting = Sighting(
                process: ProcessIdentity(pid: pid, startTicks: stat.startTicks),
                parentPID: stat.parentPID, name: String(decoding: name, as: UTF8.self))
            for (index, verdict) in verdicts {
                switch verdict {
                case .match: report(index, .sighting(sighting))
                case .notPermitted(let condition): report(index, .missingRight(condition, pid))
                case .mismatch, .gone: break
                }
            }
        }
    }

    private typealias NumberedVerdict = (index: Int, verdict: SelectorVerdict)

    /// What the selectors say of a process, where that is a match or lacks a right.
    private func verdicts(
        of selectors: [ProcessSelector], on pid: Int32
    ) throws(SystemCallError) -> (facts: ProcProcessFacts, verdicts: [NumberedVerdict]) {
        var facts = ProcProcessFacts(of: pid, in: procFS)
        // Stays without memory of its own as long as it is empty, which it is for nearly every process.
        var verdicts: [NumberedVerdict] = []
        for (index, selector) in selectors.enumerated() {
            let verdict = selector.verdict(on: &facts)
            if let fault = facts.fault { throw fault }
            switch verdict {
            case .match, .notPermitted: verdicts.append((index, verdict))
            case .mismatch, .gone: break
            }
        }
        return (facts, verdicts)
    }

    /// Who is Knell's own, for one look.
    func kinship() -> ProcessKinship {
        ProcessKinship(of: ownPID, scope: scope, programs: programs, in: procFS)
    }

    /// Why a process is never a match; `nil` where it may be one.
    func exclusion(of pid: Int32, _ stat: ProcStatText, _ kinship: inout ProcessKinship) -> ProcessExclusion? {
        if stat.hasEnded { return .zombie }
        if stat.isKernelThread { return .kernelThread }
        return kinship.relation(of: pid, parentPID: stat.parentPID)
    }

    /// `nil` for a process that has ended, or that /proc keeps from us.
    func stat(of pid: Int32) throws(SystemCallError) -> ProcStatText? {
        do throws(SystemCallError) {
            return try procFS.stat(of: pid)
        } catch {
            if error.meansExhausted { throw error }
            return nil
        }
    }
}
