// scan-benchmark PATTERN SCANS: times Knell's own scan of /proc for one selector with that name.
//
// Prints "PROCESSES MATCHES MEDIAN_MS", as floor_scan does.

internal import ConfigModel
internal import Glibc
internal import LinuxProcesses
internal import SupervisorCore

guard CommandLine.arguments.count == 3, let scans = Int(CommandLine.arguments[2]), scans > 0 else {
    print("usage: scan-benchmark PATTERN SCANS")
    exit(64)
}
let selector = ProcessSelector(
    name: try Pattern(CommandLine.arguments[1]), commandLine: nil, executable: nil, userID: nil)
let query = TargetQuery(target: TargetID(rule: RuleID(0), index: 0), selector: selector)
let table = try ProcFS()
let scanner = ProcessScanner(root: table, excludingSelf: true)

var matches = 0
var times: [Duration] = []
for _ in 0..<scans {
    let start = MonotonicClock.now()
    matches = try scanner.scan(for: [query]).result.sightings[query.target]?.count ?? 0
    times.append(MonotonicClock.now() - start)
}
times.sort()
let processes = try table.processIDs().count
let microseconds = times[scans / 2].wholeNanoseconds / 1_000
let fraction = String(1_000 + microseconds % 1_000).dropFirst()
print("\(processes) \(matches) \(microseconds / 1_000).\(fraction)")
