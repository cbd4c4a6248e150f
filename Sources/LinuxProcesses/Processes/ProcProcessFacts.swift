package import SupervisorCore

/// What /proc tells of one process; every fact is read when it is first asked for, and kept.
package struct ProcProcessFacts: ProcessFacts {
    package let pid: Int32
    /// A failure that says nothing of the process, such as EMFILE. The fact then counts as ``FactError/gone``, so
    /// whoever concludes something from a fact that is missing looks here first.
    package private(set) var fault: SystemCallError?

    private let procFS: ProcFS
    private var knownName: Result<[UInt8], FactError>?
    private var knownArguments: Result<[UInt8], FactError>?
    private var knownExecutable: Result<[UInt8], FactError>?
    private var knownUserID: Result<UInt32, FactError>?

    package init(of pid: Int32, in procFS: ProcFS) {
        self.pid = pid
        self.procFS = procFS
    }

    /// `comm`; where it is as long as the kernel's cut, completed from `argv[0]` or else from the executable.
    package mutating func name() throws(FactError) -> [UInt8] {
        if let knownName { return try knownName.get() }
        let result = Result { () throws(FactError) in try readName() }
        knownName = result
        return try result.get()
    }

    /// The arguments joined by one space. A title that the process wrote over them is one text, and stays as it is.
    package mutating func commandLine() throws(FactError) -> [UInt8] {
        var bytes = try arguments()
        bytes.removeLast(bytes.reversed().prefix { $0 == 0 }.count)
        for index in bytes.indices where bytes[index] == 0 { bytes[index] = UInt8(ascii: " ") }
        return bytes
    }

    /// The path of the program, without the ` (deleted)` that the kernel appends once the file is gone.
    package mutating func executable() throws(FactError) -> [UInt8] {
        if let knownExecutable { return try knownExecutable.get() }
        let result = Result { () throws(FactError) in
            let path = try read { procFS, pid throws(SystemCallError) in try procFS.target(of: .executable, pid) }
            let suffix = Array(" (deleted)".utf8)
            return path.suffix(suffix.count).elementsEqual(suffix) ? path.dropLast(suffix.count) : path
        }
        knownExecutable = result
        return try result.get()
    }

    package mutating func userID() throws(FactError) -> UInt32 {
        if let knownUserID { return try knownUserID.get() }
        let result = Result { () throws(FactError) in
            let text = try read { procFS, pid throws(SystemCallError) in try procFS.contents(of: .status, pid) }
            guard let status = ProcStatusText(parsing: text) else { throw .gone }
            return status.userID
        }
        knownUserID = result
        return try result.get()
    }

    private mutating func readName() throws(FactError) -> [UInt8] {
        var comm = try read { procFS, pid throws(SystemCallError) in try procFS.contents(of: .comm, pid) }
        if comm.last == UInt8(ascii: "\n") { comm.removeLast() }
        guard comm.count == ProcessName.cutLength else { return comm }
        // The rights to these may be missing where `comm` is open to all; then the cut name is the name.
        if let arguments = try? arguments(), let name = ProcessName.completed(comm, fromArguments: arguments) {
            return name
        }
        if let path = try? executable(), let name = ProcessName.completed(comm, fromExecutable: path) {
            return name
        }
        return comm
    }

    /// The bytes of `/proc/PID/cmdline`; empty for a zombie.
    private mutating func arguments() throws(FactError) -> [UInt8] {
        if let knownArguments { return try knownArguments.get() }
        let result = Result { () throws(FactError) in
            try read { procFS, pid throws(SystemCallError) in try procFS.contents(of: .commandLine, pid) }
        }
        knownArguments = result
        return try result.get()
    }

    private mutating func read<Fact>(
        _ fact: (ProcFS, Int32) throws(SystemCallError) -> Fact
    ) throws(FactError) -> Fact {
        do {
            return try fact(procFS, pid)
        } catch {
            if error.meansNotPermitted { throw .notPermitted }
            if error.meansExhausted { fault = error }
            throw .gone
        }
    }
}
