import ConfigModel
import SupervisorCore
import TestSupport
import Testing

@testable import LinuxProcesses

/// What one selector makes of one process, facts given.
struct SelectorExaminationTests {
    private static func portrait(
        comm: String? = nil, name: String = "airflow", commandLine: Result<[UInt8], FactError>? = nil,
        executable: Result<[UInt8], FactError> = .success(Array("/usr/bin/python3".utf8)),
        userID: Result<UInt32, FactError> = .success(50_000), exclusion: ProcessExclusion? = nil
    ) -> ProcessPortrait {
        ProcessPortrait(
            process: ProcessIdentity(pid: 7, startTicks: 700), parentPID: 1, comm: Array((comm ?? name).utf8),
            name: .success(Array(name.utf8)),
            commandLine: commandLine ?? .success(Array("python3 -m airflow tasks run".utf8)), executable: executable,
            userID: userID, exclusion: exclusion)
    }

    private static func standing(_ selector: ProcessSelector, _ portrait: ProcessPortrait) -> Standing {
        SelectorExamination(of: selector).standing(of: portrait)
    }

    @Test func aMatchIsWhatTheSelectorSaysIsOne() throws {
        let selector = try ProcessSelector(
            name: "^air", commandLine: "run$", executable: "/python3$", userID: 50_000)
        #expect(Self.standing(selector, Self.portrait()) == .match)
    }

    @Test(
        arguments: [
            // One condition.
            ("^air$", nil, nil, nil, [.anchored(.name)]), ("AIRFLOW", nil, nil, nil, [.letterCase(.name)]),
            ("^AIR$", nil, nil, nil, [.anchored(.name), .letterCase(.name)]),
            ("python3", nil, nil, nil, [.foundElsewhere(.name, in: .commandLine)]),
            ("^python3$", nil, nil, nil, [.foundElsewhere(.name, in: .commandLine)]),
            ("nothing", nil, nil, nil, nil),
            (nil, "^tasks", nil, nil, [.anchored(.commandLine)]),
            (nil, "^airflow$", nil, nil, [.anchored(.commandLine)]), (nil, "nothing", nil, nil, nil),
            (nil, nil, "/Python3", nil, [.letterCase(.executable)]),
            (nil, nil, "tasks", nil, [.foundElsewhere(.executable, in: .commandLine)]),
            // Many share a user.
            (nil, nil, nil, 4_711, nil),
            // Two.
            ("airflow", nil, nil, 4_711, [.otherUser(50_000)]),
            ("^air$", nil, nil, 4_711, [.otherUser(50_000), .anchored(.name)]),
            ("nothing", nil, nil, 50_000, nil), ("nothing", nil, nil, 4_711, nil),
            ("python3", nil, nil, 4_711, nil),
            ("airflow", "nothing", nil, nil, [.differs(.commandLine)]),
            ("nothing", "tasks", nil, nil, [.differs(.name)]),
            ("airflow", nil, "/java$", nil, [.differs(.executable)]), ("nothing", "nothing", nil, nil, nil),
            ("AIRFLOW", "TASKS", nil, nil, [.letterCase(.name), .letterCase(.commandLine)]),
            // Three: too much speaks against it.
            ("airflow", "nothing", "/java$", nil, nil), ("airflow", "nothing", nil, 4_711, nil),
        ] as [(String?, String?, String?, UInt32?, [Shortfall]?)])
    func aNearMissHasItsReasons(
        name: String?, commandLine: String?, executable: String?, userID: UInt32?, reasons: [Shortfall]?
    ) throws {
        let selector = try ProcessSelector(
            name: name, commandLine: commandLine, executable: executable, userID: userID)
        #expect(Self.standing(selector, Self.portrait()) == reasons.map { .nearMiss($0) } ?? .unrelated)
    }

    @Test(
        arguments: [
            // The whole name is known, the pattern is about the cut one.
            ("^airflow task su$", "airflow task supervisor:", [.cutName]),
            ("task su$", "airflow task supervisor:", [.cutName]),
            // The rest of the name is not to be had.
            ("^airflow task supervisor:$", "airflow task su", [.uncompletedName]),
            (#"^airflow task su\.x"#, "airflow task su", [.uncompletedName]),
            ("^airflow$", "airflow task su", [.anchored(.name)]),
        ] as [(String, String, [Shortfall])])
    func knowsWhereTheKernelCutTheName(pattern: String, name: String, reasons: [Shortfall]) throws {
        let portrait = Self.portrait(comm: "airflow task su", name: name, commandLine: .success([]))
        #expect(Self.standing(try ProcessSelector(name: pattern), portrait) == .nearMiss(reasons))
    }

    @Test func aWholeNameBeyondTheCutIsAMatch() throws {
        let portrait = Self.portrait(comm: "airflow task su", name: "airflow task supervisor:")
        #expect(Self.standing(try ProcessSelector(name: "^airflow task supervisor:$"), portrait) == .match)
    }

    @Test func anUnreadableExecutableIsNearWhereSomethingElseHolds() throws {
        let portrait = Self.portrait(executable: .failure(.notPermitted))
        let unreadable = Standing.nearMiss([.notPermitted(.executable)])
        #expect(Self.standing(try ProcessSelector(name: "^airflow$", executable: "x"), portrait) == unreadable)
        #expect(Self.standing(try ProcessSelector(executable: "x", userID: 50_000), portrait) == unreadable)
        #expect(Self.standing(try ProcessSelector(executable: "x"), portrait) == .unrelated)
        #expect(Self.standing(try ProcessSelector(name: "y", executable: "x"), portrait) == .unrelated)
    }

    @Test(
        arguments: [
            ("^airflow$", nil, .executable), ("nothing", nil, nil), (nil, nil, .executable), (nil, 1, nil),
        ] as [(String?, UInt32?, SelectorVerdict.Condition?)])
    func tellsARightThatAScanWouldMiss(name: String?, userID: UInt32?, condition: SelectorVerdict.Condition?) throws {
        let selector = try ProcessSelector(name: name, executable: "x", userID: userID)
        let portrait = Self.portrait(executable: .failure(.notPermitted))
        #expect(SelectorExamination(of: selector).missingRight(for: portrait) == condition)
        let own = Self.portrait(executable: .failure(.notPermitted), exclusion: .ancestor)
        #expect(SelectorExamination(of: selector).missingRight(for: own) == nil)
    }

    @Test(arguments: ProcessExclusion.allCases)
    func whatNeverMatchesIsExcludedWhereItWouldMatch(exclusion: ProcessExclusion) throws {
        let portrait = Self.portrait(exclusion: exclusion)
        #expect(Self.standing(try ProcessSelector(name: "^airflow$"), portrait) == .excluded(exclusion))
        #expect(Self.standing(try ProcessSelector(name: "^air$"), portrait) == .unrelated)
        #expect(Self.standing(try ProcessSelector(name: "^airflow$", userID: 1), portrait) == .unrelated)
    }

    @Test func aZombieHasNothingButNameAndUser() throws {
        let zombie = Self.portrait(commandLine: .success([]), executable: .failure(.gone), exclusion: .zombie)
        let selector = try ProcessSelector(name: "airflow", commandLine: "tasks", executable: "x", userID: 50_000)
        #expect(Self.standing(selector, zombie) == .excluded(.zombie))
        #expect(Self.standing(try ProcessSelector(name: "airflow", userID: 1), zombie) == .unrelated)
        #expect(Self.standing(try ProcessSelector(commandLine: "tasks"), zombie) == .unrelated)
    }
}
