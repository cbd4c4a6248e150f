/// Tells which processes are Knell's own: itself, those that started it, and those that it started.
///
/// A shell that started Knell may hold the very pattern in its arguments, as may a program that an action runs.
/// Parents are read when they are first asked for, and remembered for the one scan that this value serves.
struct ProcessKinship {
    private let ownPID: Int32?
    private let countsDescendants: Bool
    private let procFS: ProcFS
    private var parents: [Int32: Int32] = [:]
    private var ancestors: Set<Int32>?

    /// - Parameters:
    ///   - ownPID: `nil` where we are not among the processes; then nothing is Knell's own.
    ///   - countsDescendants: Whether those that Knell started count.
    ///   - procFS: The process table.
    init(of ownPID: Int32?, countsDescendants: Bool, in procFS: ProcFS) {
        self.ownPID = ownPID
        self.countsDescendants = countsDescendants
        self.procFS = procFS
    }

    /// Whether the process with this pid and parent is Knell's own.
    mutating func isOwn(_ pid: Int32, parentPID: Int32) -> Bool { relation(of: pid, parentPID: parentPID) != nil }

    /// What the process with this pid and parent is to Knell: itself, an ancestor, a descendant; `nil` for a stranger.
    mutating func relation(of pid: Int32, parentPID: Int32) -> ProcessExclusion? {
        guard let ownPID else { return nil }
        if pid == ownPID { return .itself }
        let ancestors = self.ancestors ?? Set(chain(from: ownPID))
        self.ancestors = ancestors
        if ancestors.contains(pid) { return .ancestor }
        parents[pid] = parentPID
        return countsDescendants && chain(from: pid).contains(ownPID) ? .descendant : nil
    }

    /// The ancestors of a process, nearest first.
    ///
    /// It ends at 0: the parent of PID 1, and of the first process of every other container. It ends, too, at a process
    /// that is gone, and at one met before, which can only be seen while pids are used again.
    private mutating func chain(from pid: Int32) -> [Int32] {
        var chain: [Int32] = []
        var next = parent(of: pid)
        while next > 0, next != pid, !chain.contains(next) {
            chain.append(next)
            next = parent(of: next)
        }
        return chain
    }

    private mutating func parent(of pid: Int32) -> Int32 {
        if let known = parents[pid] { return known }
        let parent = (try? procFS.stat(of: pid))?.parentPID ?? 0
        parents[pid] = parent
        return parent
    }
}
