/// Whose processes a scan looks at, apart from Knell's own and those that started it, which it never does.
package enum ScanScope: Hashable, Sendable {
    /// Those that Knell did not start: what `knell run` watches.
    case strangers
    /// All: what actions of `knell exec` may signal.
    case everybody
    /// Those that descend from Knell: what `knell exec` watches.
    case descendants
}

/// Tells which processes are Knell's own: itself, those that started it, and those that it started.
///
/// A shell that started Knell may hold the very pattern in its arguments, as may a program that an action runs.
/// Parents are read when they are first asked for, and remembered for the one scan that this value serves.
struct ProcessKinship {
    private let ownPID: Int32?
    private let scope: ScanScope
    /// Programs of actions; they and theirs are never watched.
    private let programs: Set<Int32>
    private let procFS: ProcFS
    private var parents: [Int32: Int32] = [:]
    private var ancestors: Set<Int32>?

    /// - Parameters:
    ///   - ownPID: `nil` where we are not among the processes; then nothing is Knell's own.
    ///   - scope: Whose processes are looked at.
    ///   - programs: Children of Knell that are never looked at, nor what descends from them, in ``ScanScope/descendants``.
    ///   - procFS: The process table.
    init(of ownPID: Int32?, scope: ScanScope, programs: Set<Int32> = [], in procFS: ProcFS) {
        self.ownPID = ownPID
        self.scope = scope
        self.programs = programs
        self.procFS = procFS
    }

    /// Whether the process with this pid and parent is left out.
    mutating func isOwn(_ pid: Int32, parentPID: Int32) -> Bool { relation(of: pid, parentPID: parentPID) != nil }

    /// Why the process with this pid and parent is left out; `nil` where it is looked at.
    mutating func relation(of pid: Int32, parentPID: Int32) -> ProcessExclusion? {
        guard let ownPID else { return nil }
        if pid == ownPID { return .itself }
        let ancestors = self.ancestors ?? Set(chain(from: ownPID))
        self.ancestors = ancestors
        if ancestors.contains(pid) { return .ancestor }
        parents[pid] = parentPID
        switch scope {
        case .everybody: return nil
        case .strangers: return chain(from: pid).contains(ownPID) ? .descendant : nil
        case .descendants:
            let chain = chain(from: pid)
            let isProgram = programs.contains(pid) || !programs.isDisjoint(with: chain)
            return chain.contains(ownPID) && !isProgram ? nil : .unrelated
        }
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
