import ConfigModel
import Glibc
import SupervisorCore
import TestSupport
import Testing

@testable import LinuxProcesses

struct ProcessCensusTests {
    /// Knell is 41 in it; its shell is 40, its child 42.
    private static func census(of selector: ProcessSelector) throws -> ProcessCensus.Result {
        let scanner = ProcessScanner(root: try Fixture.proc("proc-pod"), excludingSelf: true, ownPID: 41)
        return try #require(try scanner.census(of: [selector]).results.first)
    }

    private static func standings(_ result: ProcessCensus.Result) -> [Int32: Standing] {
        Dictionary(uniqueKeysWithValues: result.nearMisses.map { ($0.process.pid, $0.standing) })
    }

    @Test func tellsWhatNeverMatchesAndWhy() throws {
        let result = try Self.census(of: try ProcessSelector(name: "airflow"))
        #expect(result.matches.map(\.process.pid) == [7, 12])
        #expect(
            Self.standings(result) == [
                2: .excluded(.kernelThread), 19: .excluded(.zombie), 42: .excluded(.descendant),
            ])
    }

    @Test func countsTheShellAndKnellItselfAsExcluded() throws {
        let result = try Self.census(of: try ProcessSelector(commandLine: "knell run"))
        #expect(result.matches.isEmpty)
        #expect(Self.standings(result) == [40: .excluded(.ancestor), 41: .excluded(.itself)])
    }

    @Test func knowsTheCutNameAndTheWhole() throws {
        let result = try Self.census(of: try ProcessSelector(name: "^very-long-proce$"))
        let finding = try #require(result.nearMisses.first)
        #expect(finding.standing == .nearMiss([.cutName]))
        #expect((finding.name, finding.cutName) == ("very-long-process-name", "very-long-proce"))
        #expect(finding.executable == "/opt/very-long-process-name")
    }

    @Test(
        arguments: [
            ("airflow", nil, nil, nil), (nil, "tasks run", nil, nil), (nil, nil, "/python3[.0-9]*$", nil),
            (nil, nil, nil, 50_000), ("^.{3}$", nil, nil, nil), ("^half$", nil, nil, nil),
        ] as [(String?, String?, String?, UInt32?)])
    func matchesWhatAScanMatches(name: String?, commandLine: String?, executable: String?, userID: UInt32?) throws {
        let selector = try ProcessSelector(
            name: name, commandLine: commandLine, executable: executable, userID: userID)
        let scanner = ProcessScanner(root: try Fixture.proc("proc-pod"), excludingSelf: true, ownPID: 41)
        let matches = try scanner.processes(matching: selector)
        #expect(!matches.isEmpty)
        #expect(try Self.census(of: selector).matches.map(\.process) == matches.map(\.process))
        #expect(try Self.census(of: selector).matches.map(\.name).first == matches.first?.name)
    }

    @Test func putsTheNearestFirst() throws {
        // 19 is a zombie, 42 Knell's child, and 12 goes on behind the word.
        let result = try Self.census(of: try ProcessSelector(name: "^airflow$"))
        #expect(result.nearMisses.map(\.process.pid) == [19, 42, 12])
    }

    @Test func findsALivingProcessOfThisMachine() throws {
        let name = uniqueName()
        let process = try TestProcess(["--name", name, "--secret"])
        let scanner = ProcessScanner(root: try ProcFS(), excludingSelf: false)
        let census = try scanner.census(of: [
            try ProcessSelector(name: "^\(name)$"), try ProcessSelector(name: "^\(name.dropLast())$"),
        ])
        let match = try #require(census.results[0].matches.first)
        #expect(match.process == (try ProcFS().identity(of: process.pid)))
        #expect(match.parentPID == getpid())
        #expect(match.userID == getuid())
        #expect(match.commandLine?.hasSuffix("--secret") == true)
        #expect(census.results[1].nearMisses.map(\.standing) == [.nearMiss([.anchored(.name)])])
    }
}
