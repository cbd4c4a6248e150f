import SupervisorCore
import Testing

/// The reading of exit statuses.
struct ExitReportTests {
    @Test(
        arguments: [
            (0, .exited(0), 0), (0x0100, .exited(1), 1), (0xFF00, .exited(255), 255), (9, .signalled(9), 137),
            (0x8B, .signalled(11), 139), (15, .signalled(15), 143),
        ] as [(Int32, SupervisorCore.ExitStatus, Int32)])
    func readsTheWaitStatusAsAShellWould(word: Int32, expected: SupervisorCore.ExitStatus, code: Int32) {
        let status = SupervisorCore.ExitStatus(waitStatus: word)
        #expect(status == expected)
        #expect(status.shellCode == code)
    }

    @Test func knowsNoCodeOfAnUnknownStatus() {
        #expect(ExitReport.unknown.status.shellCode == nil)
        #expect(ExitReport.unknown.source == .none)
    }
}
