package import ConfigModel
internal import SupervisorCore

extension ProcessScanner {
    /// Looks once through the table and judges every process by every selector.
    ///
    /// Unlike a scan it reads all that /proc tells of each process, so it is for people and not for the loop.
    ///
    /// - Throws: ``SystemCallError``, as ``scan(for:)``.
    package func census(of selectors: [ProcessSelector]) throws(SystemCallError) -> ProcessCensus {
        var census = ProcessCensus(results: selectors.map { _ in ProcessCensus.Result() })
        let examinations = selectors.map { SelectorExamination(of: $0) }
        var kinship = kinship()
        for pid in try procFS.processIDs() {
            guard let portrait = try portrait(of: pid, &kinship) else { continue }
            for (index, examination) in examinations.enumerated() {
                census.results[index].add(portrait, judgedBy: examination)
            }
        }
        for index in census.results.indices {
            // By distance, then by pid.
            census.results[index].nearMisses = census.results[index].nearMisses.enumerated()
                .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }.map(\.element)
        }
        return census
    }

    /// `nil` for a process that has gone, or whose pid went to another one, meanwhile, or that /proc keeps from us.
    private func portrait(
        of pid: Int32, _ kinship: inout ProcessKinship
    ) throws(SystemCallError) -> ProcessPortrait? {
        guard let first = try stat(of: pid) else { return nil }
        var facts = ProcProcessFacts(of: pid, in: procFS)
        let name = Result { () throws(FactError) in try facts.name() }
        let commandLine = Result { () throws(FactError) in try facts.commandLine() }
        let executable = Result { () throws(FactError) in try facts.executable() }
        let userID = Result { () throws(FactError) in try facts.userID() }
        if let fault = facts.fault { throw fault }
        guard let last = try stat(of: pid), last.startTicks == first.startTicks else { return nil }
        return ProcessPortrait(
            process: ProcessIdentity(pid: pid, startTicks: last.startTicks), parentPID: last.parentPID,
            comm: last.name, name: name, commandLine: commandLine, executable: executable, userID: userID,
            exclusion: exclusion(of: pid, last, &kinship))
    }
}
