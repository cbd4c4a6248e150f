import LinuxProcesses
import TestSupport
import Testing

struct NamespaceCheckTests {
    @Test(
        arguments: [
            ("proc-pod", 41, nil), ("proc-solo", 9, .seesOnlyItself), ("proc-solo", 1, .pidOne),
            ("proc-pod", 1, .pidOne), ("proc-second", 20, .seesOnlyItself),
        ] as [(String, Int32, NamespaceCheck?)])
    func seesWhetherOtherProcessesAreInSight(fixture: String, ownPID: Int32, finding: NamespaceCheck?) throws {
        let procFS = try Fixture.proc(fixture)
        #expect(try NamespaceCheck.finding(in: procFS, ownPID: ownPID, userID: 1_000) == finding)
    }

    @Test func findsNothingWrongWhereASiblingIsInSight() throws {
        let (own, sibling) = (try TestProcess(), try TestProcess())
        #expect(try NamespaceCheck.finding(in: ProcFS(), ownPID: own.pid, userID: 0) == nil)
        withExtendedLifetime(sibling) {}
    }

    @Test(arguments: NamespaceCheck.allCases)
    func saysWhatToSet(finding: NamespaceCheck) {
        #expect(finding.warning.contains("shareProcessNamespace: true"))
    }
}
