import ConfigModel
import Glibc
import Testing

struct SignalTests {
    @Test(
        arguments: [
            ("SIGTERM", 15), ("TERM", 15), ("15", 15), ("SIGHUP", 1), ("KILL", 9), ("1", 1), ("64", 64), ("34", 34),
        ] as [(String, Int32)])
    func isReadByNameAndByNumber(text: String, number: Int32) {
        #expect(Signal(parsing: text) == Signal(number: number))
    }

    @Test(arguments: [
        "", "SIG", "sigterm", "term", "SIGSIGTERM", "SIGFOO", "0", "65", "-15", "15 ", "SIGRTMIN", "1.5", "TERM ", "٩",
    ])
    func nothingElseIsASignal(text: String) {
        #expect(Signal(parsing: text) == nil)
    }

    @Test(
        arguments: [
            ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ABRT", SIGABRT), ("KILL", SIGKILL),
            ("USR1", SIGUSR1),
            ("SEGV", SIGSEGV), ("USR2", SIGUSR2), ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM),
            ("CHLD", SIGCHLD),
            ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP), ("URG", SIGURG), ("WINCH", SIGWINCH),
            ("SYS", SIGSYS),
        ] as [(String, Int32)])
    func theNumbersAreThoseOfTheKernel(name: String, number: Int32) {
        #expect(Signal(parsing: name)?.number == number)
    }

    @Test(arguments: [(15, "SIGTERM"), (9, "SIGKILL"), (31, "SIGSYS"), (32, "32"), (64, "64")] as [(Int32, String)])
    func isWrittenByItsName(number: Int32, text: String) {
        #expect(Signal(number: number).description == text)
        #expect(Signal(parsing: text) == Signal(number: number))
    }

    @Test func everyStandardSignalHasOneName() {
        #expect(Signal.names.map(\.number) == Array(1...31))
        #expect(Set(Signal.names.map(\.name)).count == 31)
    }
}
