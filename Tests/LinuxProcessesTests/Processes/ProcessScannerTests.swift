import ConfigModel
import Glibc
import LinuxProcesses
import SupervisorCore
import TestSupport
import Testing

/// The scanner among real processes. Names are unique, since other tests run at the same time.
@Suite(.timeLimit(.minutes(10)))
struct ProcessScannerTests {
    /// Leaves nobody out: all these processes descend from the tests'.
    private func scanner() throws -> ProcessScanner { ProcessScanner(root: try ProcFS(), excludingSelf: false) }

    private func pids(name: String) throws -> [Int32] {
        try scanner().processes(matching: ProcessSelector(name: "^\(name)$")).map(\.process.pid)
    }

    @Test func findsAProcessThatStartsLate() throws {
        let name = uniqueName()
        #expect(try pids(name: name) == [])
        let process = try TestProcess(["--name", name])
        let sightings = try scanner().processes(matching: ProcessSelector(name: "^\(name)$"))
        #expect(sightings == [Sighting(process: try process.identity(), parentPID: getpid(), name: name)])
    }

    @Test(arguments: [14, 15, 16, 30])
    func findsANameOfAnyLength(length: Int) throws {
        let name = uniqueName() + String(repeating: "n", count: length - 12)
        let process = try TestProcess(["--name", name, "more"], argumentZero: "/opt/\(name)")
        #expect(try pids(name: name) == [process.pid])
    }

    @Test(arguments: [") R 1 (", "a) b", ") Z 0", " ", "(", "é"])
    func findsANameThatLooksLikeStat(ending: String) throws {
        let token = String(uniqueName().suffix(8))
        let process = try TestProcess(["--name", token + ending])
        let sightings = try scanner().processes(matching: ProcessSelector(name: "^\(token)"))
        #expect(sightings.map(\.process.pid) == [process.pid])
        #expect(sightings.map(\.name) == [token + ending])
        #expect(sightings.map(\.parentPID) == [getpid()])
    }

    @Test func passesOverAZombieThatNobodyReaps() throws {
        let (parent, name) = (try TestProcess(), uniqueName())
        let child = try parent.spawn(name)
        #expect(try pids(name: name) == [child])
        try parent.end(child, "exit 0")
        #expect(try pids(name: name) == [])
    }

    @Test func findsAProcessWhoseFirstThreadHasEnded() throws {
        let name = uniqueName()
        let process = try TestProcess(["--name", name])
        try process.command("leave-main-thread")
        #expect(try pids(name: name) == [process.pid])
    }

    @Test func findsHundredsOfOneName() throws {
        let (parent, name) = (try TestProcess(), uniqueName())
        try parent.command("crowd 600 \(name)")
        let found = try pids(name: name)
        #expect(Set(found).count == 600)
        #expect(found == found.sorted())
    }

    @Test func leavesOutKnellItsAncestorsAndItsDescendants() throws {
        let token = uniqueName()
        // All three have the token in their arguments, as a shell has that starts Knell.
        let parent = try TestProcess([token])
        let child = try parent.spawn("kid")
        #expect(try parent.process.ask("tell \(child) spawn grandkid").hasPrefix("child "))
        let selector = try ProcessSelector(commandLine: token)
        let all = try scanner().processes(matching: selector).map(\.process.pid)
        #expect(all.count == 3)
        for own in all {
            let scanner = ProcessScanner(root: try ProcFS(), excludingSelf: true, ownPID: own)
            #expect(try scanner.processes(matching: selector) == [], "as seen from \(own)")
        }
        let wrapper = ProcessScanner(
            root: try ProcFS(), excludingSelf: true, scope: .everybody, ownPID: parent.pid)
        #expect(Set(try wrapper.processes(matching: selector).map(\.process.pid)) == Set(all).subtracting([parent.pid]))
    }

    @Test func looksAtDescendantsAloneWhereThatIsTheScope() throws {
        let token = uniqueName()
        let parent = try TestProcess([token])
        let stranger = try TestProcess([token])
        let (program, child) = (try parent.spawn("program"), try parent.spawn("child"))
        #expect(try parent.process.ask("tell \(program) spawn helper").hasPrefix("child "))
        let selector = try ProcessSelector(commandLine: token)
        var scanner = ProcessScanner(root: try ProcFS(), excludingSelf: true, scope: .descendants, ownPID: parent.pid)
        #expect(try scanner.processes(matching: selector).count == 3)
        scanner.programs = [program]
        // Neither the program of an action nor what it has started; and no stranger either way.
        #expect(try scanner.processes(matching: selector).map(\.process.pid) == [child])
        withExtendedLifetime(stranger) {}
    }

    @Test func leavesOutOurselvesByDefault() throws {
        let name = uniqueName()
        let process = try TestProcess(["--name", name])
        let scanner = ProcessScanner(root: try ProcFS(), excludingSelf: true)
        #expect(try scanner.processes(matching: ProcessSelector(name: name)) == [])
        #expect(try pids(name: name) == [process.pid])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can take another uid"))
    func findsAProcessOfAnotherUser() throws {
        let name = uniqueName()
        let process = try TestProcess(["--uid", "65534", "--name", name])
        let selector = try ProcessSelector(name: name, executable: "/test-process$", userID: 65_534)
        #expect(try scanner().processes(matching: selector).map(\.process.pid) == [process.pid])
        #expect(try scanner().processes(matching: ProcessSelector(name: name, userID: 0)) == [])
    }

    @Test(.enabled(if: geteuid() == 0, "only root can take another uid"))
    func namesTheRightThatIsMissing() throws { try IsolatedCheck.namesTheRightThatIsMissing.expectSuccess() }

    @Test func failsRatherThanOverlooksForWantOfDescriptors() throws {
        try IsolatedCheck.failsRatherThanOverlooksForWantOfDescriptors.expectSuccess()
    }
}
