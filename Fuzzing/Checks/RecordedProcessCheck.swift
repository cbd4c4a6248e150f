import ConfigModel
import Glibc
import LinuxProcesses
import SupervisorCore

/// A whole process in a recorded `/proc`: what a scan finds, and what `knell match` says of the same process.
enum RecordedProcessCheck {
    private static let target = TargetID(rule: RuleID(0), index: 0)

    /// The files, each ended by 0xFF: `comm`, `cmdline`, `stat`, `status`, the path of `exe`; then a pattern.
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        var parts = InputParts(bytes)
        guard let table = RecordedTable() else { return }
        for file in ["comm", "cmdline", "stat", "status"] { table.write(parts.bytes(until: 0xFF), to: file) }
        table.linkExecutable(to: parts.bytes(until: 0xFF))
        guard let root = try? ProcFS(root: table.path) else { throw BrokenPromise("a recorded table can be opened") }
        let scanner = ProcessScanner(root: root, excludingSelf: false)
        for selector in selectors(of: parts.text(until: 0xFF)) {
            let query = TargetQuery(target: target, selector: selector)
            guard let scan = try? scanner.scan(for: [query]), let census = try? scanner.census(of: [selector]),
                let result = census.results.first
            else { throw BrokenPromise("a recorded table can be read") }
            let sightings = scan.result.sightings[target] ?? []
            try BrokenPromise.unless(
                sightings.map(\.process) == result.matches.map(\.process)
                    && sightings.map(\.name) == result.matches.map(\.name),
                "a scan and knell match find the same", "\(sightings) and \(result.matches) for \(selector)")
            let matching = try? scanner.processes(matching: selector)
            try BrokenPromise.unless(matching == sightings, "an action finds what a rule finds", "\(selector)")
        }
    }

    private static func selectors(of text: String) -> [ProcessSelector] {
        let fixed = try? Pattern("a")
        let pattern = (try? Pattern(text)) ?? fixed
        return [
            ProcessSelector(name: pattern, commandLine: nil, executable: nil, userID: nil),
            ProcessSelector(name: nil, commandLine: pattern, executable: fixed, userID: nil),
            ProcessSelector(name: nil, commandLine: nil, executable: pattern, userID: 0),
        ]
    }
}

/// A directory that looks like `/proc` with one process, 7; removed with the value.
private final class RecordedTable {
    let path: String

    init?() {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/knell-fuzz-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        _ = unsafe mkdir("\(path)/7", 0o700)
    }

    deinit {
        for file in ["comm", "cmdline", "stat", "status", "exe"] { _ = unsafe unlink("\(path)/7/\(file)") }
        _ = unsafe rmdir("\(path)/7")
        _ = unsafe rmdir(path)
    }

    func write(_ bytes: [UInt8], to file: String) {
        guard let stream = unsafe fopen("\(path)/7/\(file)", "w") else { return }
        _ = unsafe fwrite(bytes, 1, bytes.count, stream)
        _ = unsafe fclose(stream)
    }

    /// Nothing where the path could be none: empty, or with a NUL in it.
    func linkExecutable(to target: [UInt8]) {
        guard !target.isEmpty, !target.contains(0) else { return }
        _ = unsafe symlink(String(decoding: target, as: UTF8.self), "\(path)/7/exe")
    }
}
