import Glibc
import Testing

@testable import Supervisor

struct SignalForwardingTests {
    private func forwarding(
        _ number: Int32, isFromKernel: Bool = false, sender: Int32 = 0, sharesGroup: Bool = true
    ) -> SignalForwarding {
        SignalForwarding(
            SignalReceiver.Arrival(number: number, isFromKernel: isFromKernel, sender: sender),
            sharesGroup: sharesGroup)
    }

    @Test(arguments: [SIGKILL, SIGSTOP, SIGURG, SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGFPE, 32, 33])
    func doesNotTakeWhatCannotBePassedOn(number: Int32) {
        #expect(!SignalForwarding.taken.contains(number))
    }

    @Test func takesTheOthers() { #expect(SignalForwarding.taken.count == 54) }

    @Test(arguments: [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH])
    func theTerminalsSignalsReachAProcessOfTheSameGroupWithoutKnell(number: Int32) {
        #expect(!forwarding(number, isFromKernel: true).isForwarded)
        #expect(forwarding(number, isFromKernel: true, sharesGroup: false).isForwarded)
        #expect(forwarding(number, sender: 99).isForwarded)
    }

    @Test func aHangUpIsPassedOnWhoeverTellsOfIt() {
        #expect(forwarding(SIGHUP, isFromKernel: true).isForwarded)
    }

    @Test func knowsWhatKnellHasDoneToItself() {
        #expect(SignalReceiver.Arrival(number: SIGPIPE, isFromKernel: false, sender: getpid()).isOwn)
        #expect(!SignalReceiver.Arrival(number: SIGPIPE, isFromKernel: false, sender: getpid() + 1).isOwn)
        #expect(!SignalReceiver.Arrival(number: SIGINT, isFromKernel: true, sender: getpid()).isOwn)
    }

    @Test(arguments: [SIGTSTP, SIGTTIN, SIGTTOU]) func stopsWithItsJob(number: Int32) {
        #expect(forwarding(number, isFromKernel: true).stopsKnell)
        #expect(forwarding(number).stopsKnell)
    }

    @Test func onlySIGTERMBringsTheRunToItsEnd() {
        #expect(SignalForwarding.taken.filter { forwarding($0).requestsStop } == [SIGTERM])
    }
}
