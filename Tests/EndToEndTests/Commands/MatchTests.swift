import Foundation
import Glibc
import TestSupport
import Testing

/// `knell match` once; ``MatchWatchTests`` has `--watch`.
@Suite(.timeLimit(.minutes(10)))
struct MatchTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func match(
        _ selectors: String, options: [String] = [], wrapper: [String] = [], program: String = Knell.path
    ) throws -> Knell.Completion {
        let file = try directory.write(
            "version: 1\nrules: [{name: r, watch: {processes: [\(selectors)]}}]\n", to: "knell.yaml")
        return try Knell.run(["match", file] + options, wrapper: wrapper, program: program)
    }

    @Test func findsALivingProcess() throws {
        let target = try Target(arguments: ["--token=s3cret"])
        let completion = try match("{name: '^\(target.name)$'}")
        #expect(completion.exitCode == 0)
        let row = try #require(completion.output.split(separator: "\n").dropFirst().first)
        let cells = row.split(separator: " ", omittingEmptySubsequences: true)
        #expect(cells.starts(with: ["r", "0", "name:", "^\(target.name)$", "\(target.pid)", Substring(target.name)]))
        #expect(row.hasSuffix("s ago"))
        #expect(!completion.output.contains("s3cret"))
        #expect(completion.output.hasSuffix("\nthe target is matched\n"))
        #expect(completion.errors == "")
    }

    @Test func showsCommandLinesWhenAskedAndMadeHarmless() throws {
        let target = try Target(arguments: [String(repeating: "x", count: 500)])
        try target.obey("title serve --token=\u{1B}[31ms3cret \(String(repeating: "y", count: 300))")
        for format in ["text", "json"] {
            let completion = try match(
                "{name: '^\(target.name)$'}", options: ["--show-command-lines", "--format", format])
            #expect(completion.output.contains("--token=\u{FFFD}[31ms3cret"))
            #expect(!completion.output.contains("\u{1B}"))
            #expect(completion.output.contains("yyy…\n") == (format == "text"))
        }
    }

    @Test func saysThatATargetMatchesNothing() throws {
        let completion = try match("{name: '^\(uniqueName())$'}")
        #expect(completion.exitCode == 1)
        #expect(completion.output.contains("nothing matches\n"))
        #expect(completion.output.hasSuffix("\nthe target matches nothing\n"))
    }

    @Test func saysWhatAlmostMatches() throws {
        let target = try Target()
        let child = try target.spawn("\(target.name)c")
        try target.endChild(child, "exit 0")
        let completion = try match(
            "{name: '^\(target.name.dropLast())$'}, {name: '^\(target.name.uppercased())$'}, {name: '^\(target.name)c$'}, "
                + "{name: '^\(target.name)$', user: 4711}")
        #expect(completion.exitCode == 1)
        let lines = completion.output.split(separator: "\n").map(String.init)
        #expect(
            lines.contains { $0.hasPrefix("r     0       \(target.pid)") && $0.hasSuffix("keeps name from matching") })
        #expect(lines.contains { $0.hasPrefix("r     1       \(target.pid)") && $0.hasSuffix("set ignoreCase: true") })
        #expect(lines.contains { $0.hasPrefix("r     2       \(child)") && $0.contains("zombie") })
        #expect(
            lines.contains {
                $0.hasPrefix("r     3       \(target.pid)") && $0.hasSuffix("user is \(getuid()), not 4711")
            })
    }

    @Test func leavesOutTheShellThatStartedIt() throws {
        let mark = uniqueName()
        // The shell waits for Knell, so it is there, and it holds the very pattern.
        let completion = try match(
            "{commandLine: '\(mark)'}", wrapper: ["/bin/sh", "-c", "\"$@\"; exit $?", mark])
        #expect(completion.exitCode == 1)
        #expect(completion.output.contains("it started Knell, so it never matches"))
    }

    @Test func readsARecordedTableAndWritesJSON() throws {
        let completion = try match(
            "{name: ^airflow$}, {name: '^very-long-process-name$'}",
            options: ["--proc-root", Repository.proc("proc-pod"), "--format", "json"])
        #expect(completion.exitCode == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(completion.output.utf8)) as? [String: Any])
        #expect(object["everyTargetMatches"] as? Bool == true)
        let selectors = try #require(object["selectors"] as? [[String: Any]])
        let pids = selectors.map { ($0["matches"] as? [[String: Any]] ?? []).compactMap { $0["pid"] as? Int } }
        // In a table that is not ours nothing is Knell's own.
        #expect(pids == [[7, 42], [31]])
        #expect((selectors[0]["nearMisses"] as? [[String: Any]])?.first?["reasons"] is [[String: Any]])
    }

    @Test(.enabled(if: isRoot, "changes the user"))
    func namesTheRightThatIsMissing() throws {
        let target = try Target()
        // Another user than that of the process, who may not even run what lies in the build directory.
        let knell = try directory.copy(ofProgram: Knell.path)
        let user = ["setpriv", "--reuid=4711", "--regid=4711", "--clear-groups"]
        let completion = try match(
            "{name: '^\(target.name)$', executable: 'test-process$'}", wrapper: user, program: knell)
        #expect(completion.exitCode == 1)
        #expect(completion.output.contains("its executable may not be read"))
        #expect(completion.errors.contains("knell: warning: r 0: may not read the executable of process \(target.pid)"))
        #expect(completion.errors.contains("SYS_PTRACE"))
    }

    @Test(.enabled(if: isRoot && canUnshare("--pid"), "a PID namespace takes root and unshare(1)"))
    func warnsWhereTheNamespaceIsNotShared() throws {
        let unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        for format in ["text", "json"] {
            let completion = try match("{name: x}", options: ["--format", format], wrapper: unshare)
            #expect(completion.exitCode == 1)
            let told = format == "text" ? completion.errors : completion.output
            #expect(told.contains("shareProcessNamespace: true"))
        }
    }

    @Test func failsAsTheOtherCommandsDo() throws {
        #expect(try Knell.run(["match"]).exitCode == 64)
        let missing = try Knell.run(["match", directory.file("missing.yaml")])
        #expect(missing.exitCode == 66)
        #expect(missing.errors.hasPrefix("knell: error: cannot read the configuration: "))
        let invalid = try match("{nmae: x}")
        #expect(invalid.exitCode == 78)
        #expect(invalid.errors.contains("did you mean \"name\"?"))
        let noTable = try match("{name: x}", options: ["--proc-root", directory.file("missing")])
        #expect(noTable.exitCode == 71)
        #expect(noTable.errors.hasPrefix("knell: error: cannot look at the processes: "))
    }

    @Test func mayDoWithoutVariablesButNotWithoutUsers() throws {
        let pod = ["--proc-root", Repository.proc("proc-pod"), "--allow-undefined-variables"]
        let file = try directory.write(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{name: ^airflow$}]}
                actions: [{touch: $(UNDEFINED)/done}]
            """, to: "variable.yaml")
        #expect(try Knell.run(["match", file]).exitCode == 78)
        let lenient = try Knell.run(["match", file] + pod)
        #expect(lenient.exitCode == 0)
        #expect(lenient.errors.contains("[undefined-variable]"))
        let user = try match("{name: x, user: no-such-user}", options: pod)
        #expect(user.exitCode == 78)
        #expect(user.errors.contains("cannot tell what a selector matches whose user is unknown"))
    }

    @Test(
        arguments: [
            (["--watch"], "redraws a terminal"), (["--watch", "--format", "json"], "draws text"),
            (["--interval", "2s"], "is for --watch"), (["--watch", "--interval", "5"], "invalid"),
            (["--watch", "--interval", "1ms"], "invalid"), (["--format", "yaml"], "invalid"),
        ])
    func refusesOptionsThatMakeNoSense(options: [String], why: String) throws {
        let completion = try match("{name: x}", options: options)
        #expect(completion.exitCode == 64)
        #expect(completion.errors.contains(why))
        #expect(completion.output == "")
    }
}
