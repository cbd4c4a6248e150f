/// A reason why the processes of other containers cannot be seen.
package enum NamespaceCheck: Hashable, Sendable, CaseIterable {
    /// Knell is the first process of its PID namespace, which in a pod that shares one is the pause container's.
    case pidOne
    /// There is nothing but Knell and what started it.
    case seesOnlyItself
    /// /proc is mounted with `hidepid`, proc(5).
    case hidesOtherUsers

    /// The first reason that holds.
    ///
    /// - Parameters:
    ///   - procFS: The process table.
    ///   - ownPID: Knell's pid in that table.
    ///   - userID: Knell's effective uid. `hidepid` hides nothing from root.
    /// - Returns: `nil` where all is well.
    /// - Throws: ``SystemCallError`` where the table cannot be read.
    package static func finding(
        in procFS: ProcFS, ownPID: Int32, userID: UInt32
    ) throws(SystemCallError) -> NamespaceCheck? {
        if ownPID == 1 { return .pidOne }
        // Every PID namespace has its PID 1, and everybody may read its `stat` unless other users are hidden.
        if procFS.root == "/proc", userID != 0, (try? procFS.stat(of: 1)) == nil { return .hidesOtherUsers }
        var kinship = ProcessKinship(of: ownPID, scope: .strangers, in: procFS)
        // From the highest pid down: on a machine of its own the low ones are threads of the kernel.
        for pid in try procFS.processIDs().reversed() {
            guard let stat = try? procFS.stat(of: pid), !stat.isKernelThread else { continue }
            // A second Knell, as `kubectl exec` starts it, beside the one that is the container's first process.
            if pid == 1, isSameProgram(pid, ownPID, in: procFS) { continue }
            if !kinship.isOwn(pid, parentPID: stat.parentPID) { return nil }
        }
        return .seesOnlyItself
    }

    private static func isSameProgram(_ pid: Int32, _ other: Int32, in procFS: ProcFS) -> Bool {
        guard let program = try? procFS.target(of: .executable, pid) else { return false }
        return program == (try? procFS.target(of: .executable, other))
    }

    /// What is wrong and what to do about it.
    package var warning: String {
        switch self {
        case .pidOne:
            "Knell is PID 1, so it cannot see the processes of other containers; "
                + "set shareProcessNamespace: true in the pod's spec"
        case .seesOnlyItself:
            "Knell sees no process but its own; set shareProcessNamespace: true in the pod's spec"
        case .hidesOtherUsers:
            "/proc hides the processes of other users (hidepid); besides shareProcessNamespace: true, set runAsUser to "
                + "the user of the watched processes, or mount /proc without hidepid"
        }
    }
}
