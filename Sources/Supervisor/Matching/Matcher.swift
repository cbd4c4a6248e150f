package import ConfigModel
internal import Glibc
package import LinuxProcesses

/// Looks what the selectors of a plan match.
package struct Matcher {
    private let procFS: ProcFS
    private let scanner: ProcessScanner
    private let subjects: [MatchReport.Subject]

    /// - Throws: ``SystemCallError`` where there is no process table at `procRoot`.
    package init(plan: Plan, procRoot: String) throws(SystemCallError) {
        procFS = try ProcFS(root: procRoot)
        scanner = ProcessScanner(root: procFS, excludingSelf: procFS.isLive)
        subjects = plan.subjects
    }

    /// What they match now.
    ///
    /// - Throws: ``SystemCallError`` where the table cannot be read.
    package func look() throws(SystemCallError) -> MatchReport {
        let census = try scanner.census(of: subjects.map(\.selector))
        return MatchReport(
            entries: zip(subjects, census.results).map { MatchReport.Entry($0, $1) },
            clock: BootClock(of: procFS), namespace: try namespaceFinding())
    }

    private func namespaceFinding() throws(SystemCallError) -> NamespaceCheck? {
        guard procFS.isLive, let ownPID = procFS.ownPID() else { return nil }
        return try NamespaceCheck.finding(in: procFS, ownPID: ownPID, userID: geteuid())
    }
}
