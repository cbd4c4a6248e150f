import Glibc
import TestSupport
import Testing

/// `knell match --watch` on a terminal.
@Suite(.timeLimit(.minutes(10)))
struct MatchWatchTests {
    private static let (enter, leave) = ("\u{1B}[?1049h\u{1B}[?25l", "\u{1B}[?25h\u{1B}[?1049l")

    private let directory: TemporaryDirectory
    private let name = uniqueName()

    init() throws { directory = try TemporaryDirectory() }

    private func start(
        on terminal: PseudoTerminal, interval: String = "100ms", environment: [String] = ["TERM=xterm"]
    ) throws -> ChildProcess {
        let file = try directory.write(configuration(watching: name), to: "knell.yaml")
        return try ChildProcess(
            Knell.path, ["match", "--watch", "--interval", interval, file],
            environment: Knell.environment + environment, terminal: terminal)
    }

    @Test func showsAProcessThatAppearsAndEndsUponCtrlC() throws {
        let terminal = try PseudoTerminal()
        let knell = try start(on: terminal)
        #expect(try terminal.read(to: "the target matches nothing").contains(Self.enter))
        let target = try Target(name)
        #expect(try terminal.read(to: "the target is matched").contains(" \(target.pid) "))
        try target.exit()
        _ = try terminal.read(to: "the target matches nothing")
        try terminal.type("\u{3}")
        #expect(try terminal.readToEnd().hasSuffix(Self.leave))
        #expect(Knell.exitCode(ofWaitStatus: try knell.wait()) == 130)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func endsUponASignal(signal: Int32, code: Int32) throws {
        let terminal = try PseudoTerminal()
        let knell = try start(on: terminal, interval: "1h")
        _ = try terminal.read(to: "the target matches nothing")
        knell.kill(signal)
        #expect(try terminal.readToEnd().hasSuffix(Self.leave))
        #expect(Knell.exitCode(ofWaitStatus: try knell.wait()) == code)
    }

    @Test func redrawsAtOnceWhenTheWindowChanges() throws {
        let terminal = try PseudoTerminal(rows: 40, columns: 120)
        let knell = try start(on: terminal, interval: "1h")
        _ = try terminal.read(to: "the target matches nothing")
        _ = try terminal.read(to: "\u{1B}[J")
        try terminal.resize(rows: 3, columns: 12)
        let screen = try terminal.read(to: "\u{1B}[J").split(separator: "\u{1B}[H").last ?? ""
        #expect(screen.contains("knell match…"))
        #expect(screen.contains("… 4 more li…"))
        knell.kill(SIGINT)
        _ = try terminal.readToEnd()
        #expect(Knell.exitCode(ofWaitStatus: try knell.wait()) == 130)
    }

    @Test func givesTheTerminalBackWhileItIsStopped() throws {
        let terminal = try PseudoTerminal()
        let knell = try start(on: terminal, interval: "1h")
        _ = try terminal.read(to: "the target matches nothing")
        knell.kill(SIGTSTP)
        _ = try terminal.read(to: Self.leave)
        try awaitState("T", of: knell.pid)
        knell.kill(SIGCONT)
        #expect(try terminal.read(to: "the target matches nothing").contains(Self.enter))
        knell.kill(SIGINT)
        #expect(try terminal.readToEnd().hasSuffix(Self.leave))
    }

    @Test(.enabled(if: Sanitizer.leavesFiguresAlone, Comment(rawValue: Sanitizer.reason)))
    func sleepsBetweenTheFrames() throws {
        let terminal = try PseudoTerminal()
        let knell = try start(on: terminal, interval: "1h")
        _ = try terminal.read(to: "the target matches nothing")
        _ = try terminal.read(to: "\u{1B}[J")
        try awaitState("S", of: knell.pid)
        let before = try voluntarySwitches(of: knell.pid)
        for _ in 0..<1_000 { #expect(try state(of: knell.pid) == "S") }
        #expect(try voluntarySwitches(of: knell.pid) == before)
        knell.kill(SIGINT)
        _ = try terminal.readToEnd()
    }

    @Test func refusesATerminalThatCannotBeRedrawn() throws {
        let terminal = try PseudoTerminal()
        let knell = try start(on: terminal, environment: ["TERM=dumb"])
        #expect(try terminal.readToEnd().contains("none that can be redrawn"))
        #expect(Knell.exitCode(ofWaitStatus: try knell.wait()) == 64)
    }
}
