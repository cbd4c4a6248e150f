import ConfigModel
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

struct ProcessScannerFixtureTests {
    /// Knell is 41; its shell is 40, its child 42.
    private func scanner(scope: ScanScope = .strangers) throws -> ProcessScanner {
        ProcessScanner(
            root: try Fixture.proc("proc-pod"), excludingSelf: true, scope: scope,
            ownPID: 41)
    }

    @Test(
        arguments: [
            // Of those whose name holds it, 2 is a kernel thread, 19 a zombie, 42 Knell's child, 70 and 71 unreadable.
            ("airflow", [7, 12]), ("^airflow$", [7]), ("^airflow task supervisor:$", [12]), ("airflow task su$", []),
            ("^cloud-sql-proxy$", [23]), ("^very-long-process-name$", [31]), ("^very-long-proce$", []),
            ("^renamed$", []),
            (#"^a\) S 1 \(b$"#, [50]), ("^half$", [64]), ("knell|sh", []), ("^.{3}$", [60]), ("nothing", []),
        ] as [(String, [Int32])])
    func matchesByName(pattern: String, pids: [Int32]) throws {
        #expect(try scanner().processes(matching: ProcessSelector(name: pattern)).map(\.process.pid) == pids)
    }

    @Test(
        arguments: [
            ("tasks run", [7]), ("^airflow task supervisor: .*'run'\\]$", [12]), ("--quitquitquit$", [23]),
            ("pgrep airflow", []), ("knell", []),
        ] as [(String, [Int32])])
    func matchesByCommandLine(pattern: String, pids: [Int32]) throws {
        #expect(try scanner().processes(matching: ProcessSelector(commandLine: pattern)).map(\.process.pid) == pids)
    }

    @Test(
        arguments: [
            ("/python3[.0-9]*$", [7, 12]), ("^/opt/very-long-process-name$", [31]), ("deleted", []), ("^/knell$", []),
        ] as [(String, [Int32])])
    func matchesByExecutable(pattern: String, pids: [Int32]) throws {
        #expect(try scanner().processes(matching: ProcessSelector(executable: pattern)).map(\.process.pid) == pids)
    }

    @Test(arguments: [(50_000, [7, 12]), (65_532, [23]), (4_711, [])] as [(UInt32, [Int32])])
    func matchesByUser(userID: UInt32, pids: [Int32]) throws {
        #expect(try scanner().processes(matching: ProcessSelector(userID: userID)).map(\.process.pid) == pids)
    }

    @Test func wantsAllConditionsToHold() throws {
        let selector = try ProcessSelector(name: "airflow", commandLine: "supervisor", userID: 50_000)
        #expect(try scanner().processes(matching: selector).map(\.process.pid) == [12])
    }

    @Test func leavesKnellsChildrenInOnDemand() throws {
        let scanner = try scanner(scope: .everybody)
        #expect(try scanner.processes(matching: ProcessSelector(name: "^airflow$")).map(\.process.pid) == [7, 42])
        #expect(try scanner.processes(matching: ProcessSelector(commandLine: "knell run")).isEmpty)
    }

    @Test func leavesNothingOutOfATableThatIsNotOurs() throws {
        let scanner = ProcessScanner(root: try Fixture.proc("proc-pod"), excludingSelf: false)
        #expect(
            try scanner.processes(matching: ProcessSelector(commandLine: "knell run")).map(\.process.pid) == [40, 41])
    }

    @Test func answersAllQueriesInOnePass() throws {
        func query(_ index: Int, _ name: String) throws -> TargetQuery {
            TargetQuery(target: TargetID(rule: RuleID(1), index: index), selector: try ProcessSelector(name: name))
        }
        let scan = try scanner().scan(for: [query(0, "^airflow$"), query(1, "supervisor"), query(2, "nothing")])
        let airflow = Sighting(process: ProcessIdentity(pid: 7, startTicks: 700), parentPID: 0, name: "airflow")
        let supervisor = Sighting(
            process: ProcessIdentity(pid: 12, startTicks: 1_200), parentPID: 7, name: "airflow task supervisor:")
        #expect(
            scan.result.sightings == [
                TargetID(rule: RuleID(1), index: 0): [airflow], TargetID(rule: RuleID(1), index: 1): [supervisor],
            ])
        #expect(scan.missingRights.isEmpty)
    }

    @Test func showsANameThatIsNoUTF8() throws {
        let sightings = try scanner().processes(matching: ProcessSelector(executable: "^/bin/bytes$"))
        #expect(sightings.map(\.name) == ["\u{FFFD}\u{FFFD}\n"])
    }

    @Test func findsNothingWithoutQueries() throws {
        #expect(try scanner().scan(for: []) == ProcessScan())
    }
}
