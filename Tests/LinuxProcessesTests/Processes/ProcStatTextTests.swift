import SupervisorCore
import Testing

@testable import LinuxProcesses

struct ProcStatTextTests {
    /// A line of the kernel with this name, and the numbers that the tests look at.
    private func line(name: String, state: String = "S", threads: Int = 1, tail: String? = nil) -> [UInt8] {
        let zeros = Array(repeating: "0", count: 28).joined(separator: " ")
        let end = tail ?? "7340032 \(zeros) 768\n"
        return Array("42 (\(name)) \(state) 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 \(threads) 0 123456 \(end)".utf8)
    }

    @Test(arguments: ["sleep", "a) b", ") R 1 (", "))", "((", "", "a\nb", "42 (x) Z 1 2", "naïve"])
    func cutsTheNameAtTheLastParenthesis(name: String) throws {
        let stat = try #require(ProcStatText(parsing: line(name: name)))
        #expect(stat.name == Array(name.utf8))
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.parentPID == 7)
        #expect(stat.flags == 4_194_560)
        #expect(stat.threadCount == 1)
        #expect(stat.startTicks == 123_456)
        #expect(stat.exitCode == 768)
    }

    @Test func keepsANameThatIsNoUTF8() throws {
        var text = line(name: "xx")
        text.replaceSubrange(4..<6, with: [0xFF, 0xFE])
        #expect(try #require(ProcStatText(parsing: text)).name == [0xFF, 0xFE])
    }

    @Test func doesWithoutTheExitCodeOfOldKernels() throws {
        let stat = try #require(ProcStatText(parsing: line(name: "old", tail: "7340032 1 2 3\n")))
        #expect(stat.startTicks == 123_456)
        #expect(stat.exitCode == nil)
    }

    @Test(arguments: [
        "", "\n", "42\n", "42 (sleep\n", "42 sleep) S 1\n", ")(\n", "42 (sleep) \n", "42 (sleep) SS 7 1 1 0 -1 0\n",
        "42 (sleep) S x 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 0\n",
        "42 (sleep) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0\n",
        "42 (sleep) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456",
        "42 (sleep) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 -5 0\n",
        "42 (sleep) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99999999999999999999 0\n",
        "42 (sleep) S 99999999999 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 0\n",
    ])
    func refusesWhatNoKernelWrites(text: String) {
        #expect(ProcStatText(parsing: Array(text.utf8)) == nil)
    }

    @Test func refusesEveryBeginningOfALine() {
        let whole = line(name: "a) b")
        for length in whole.indices {
            #expect(ProcStatText(parsing: Array(whole[..<length])) == nil, "\(length) bytes")
        }
    }

    @Test(
        arguments: [
            ("S", 1, false), ("R", 1, false), ("T", 1, false), ("Z", 1, true), ("Z", 0, true), ("X", 0, true),
            ("Z", 3, false),
        ] as [(String, Int, Bool)])
    func tellsAZombieFromAProcessWhoseFirstThreadEnded(state: String, threads: Int, hasEnded: Bool) throws {
        let stat = try #require(ProcStatText(parsing: line(name: "x", state: state, threads: threads)))
        #expect(stat.hasEnded == hasEnded)
    }
}

struct ProcStatusTextTests {
    @Test func readsTheRealUID() {
        let text = "Name:\tsleep\nUmask:\t0022\nPid:\t7\nUid:\t1000\t0\t0\t0\nGid:\t4\t4\t4\t4\n"
        #expect(ProcStatusText(parsing: Array(text.utf8))?.userID == 1_000)
    }

    @Test(arguments: [("0", 0), ("4294967295", 4_294_967_295)] as [(String, UInt32)])
    func readsEveryUID(text: String, userID: UInt32) {
        #expect(ProcStatusText(parsing: Array("Uid:\t\(text)\t1\t2\t3\n".utf8))?.userID == userID)
    }

    @Test(arguments: ["", "Name:\tUid:\n", "Uid:\n", "Uid:\tx\t0\n", "Uid:\t-1\t0\n", "Uid:\t4294967296\t0\n"])
    func refusesATextWithoutAUID(text: String) {
        #expect(ProcStatusText(parsing: Array(text.utf8)) == nil)
    }
}
