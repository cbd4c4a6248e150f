import ConfigModel
import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport

/// What `ProcessScannerTests` check in a process of its own.
enum ScannerChecks {
    /// Another user's executable may not be read, and the warning tells of which process and condition.
    static func namesTheRightThatIsMissing() throws {
        let name = uniqueName()
        let process = try TestProcess(["--name", name])
        try becomeNobody()
        let target = TargetID(rule: RuleID(1), index: 0)
        let scanner = ProcessScanner(root: try ProcFS(), excludingSelf: false)
        let selector = try ProcessSelector(name: name, executable: "/test-process$")
        let scan = try scanner.scan(for: [TargetQuery(target: target, selector: selector)])
        try check(scan.result.sightings.isEmpty, "found \(scan.result.sightings)")
        try check(scan.missingRights.map(\.target), equals: [target])
        try check(scan.missingRights.map(\.condition), equals: [.executable])
        try check(scan.missingRights.map(\.pid), equals: [process.pid])
        // The name alone is open to all.
        let found = try scanner.processes(matching: ProcessSelector(name: name)).map(\.process.pid)
        try check(found, equals: [process.pid])
    }

    /// A process that cannot be looked at for want of descriptors must not pass for one that is gone.
    static func failsRatherThanOverlooksForWantOfDescriptors() throws {
        let (name, procFS) = (uniqueName(), try ProcFS())
        let process = try TestProcess(["--name", name])
        let selector = try ProcessSelector(name: name)
        let scanner = ProcessScanner(root: procFS, excludingSelf: false)
        let hoard = try DescriptorHoard()
        let error = try requireError(SystemCallError.self) { try scanner.processes(matching: selector) }
        try check(error.errno, equals: EMFILE)
        var facts = ProcProcessFacts(of: process.pid, in: procFS)
        try check(selector.verdict(on: &facts), equals: .gone)
        try check(facts.fault?.errno, equals: EMFILE)
        hoard.release()
        try check(scanner.processes(matching: selector).map(\.process.pid), equals: [process.pid])
    }
}
