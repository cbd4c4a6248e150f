import Foundation
import Glibc
import TestSupport
import Testing

/// A configuration that changes while Knell runs.
@Suite(.timeLimit(.minutes(10)))
struct ReloadingTests {
    /// A way in which a file becomes another.
    enum Way: CaseIterable {
        case swap, rename, overwrite, removeAndCreate

        func replace(_ map: ConfigMap, by text: String) throws {
            let new = map.directory.file("new")
            switch self {
            case .swap: return try map.swap(to: text)
            case .rename:
                try map.directory.write(text, to: "new")
                guard unsafe Glibc.rename(new, map.path) == 0 else { throw KnellFault("rename: error \(errno)") }
            case .overwrite:
                // In place, as `cat > knell.yaml` does it, through the links.
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: map.path))
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            case .removeAndCreate:
                try FileManager.default.removeItem(atPath: map.path)
                try map.directory.write(text, to: "knell.yaml")
            }
        }
    }

    /// Rules `kept` and `changed` that watch the process, of which the second touches `file`.
    private func text(_ main: Target, _ file: String, kept: String) -> String {
        """
        version: 1
        rules:
          - {name: kept, watch: {processes: [{name: '^\(main.name)$'}]}, actions: [touch: \(kept)]}
          - {name: changed, watch: {processes: [{name: '^\(main.name)$'}]}, actions: [touch: \(file)]}

        """
    }

    @Test(arguments: Way.allCases) func noticesEveryWayOfChange(way: Way) throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let kept = results.file("kept")
        let map = try ConfigMap(text(main, results.file("old"), kept: kept))
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching", ["rule": "changed"])
        try way.replace(map, by: text(main, results.file("new"), kept: kept))
        try knell.await("config.reloaded")
        try knell.await("rule.watching", ["rule": "changed"])
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("new"))
        #expect(results.holds("kept"))
        #expect(!results.holds("old"))
        // The rule that is the same has kept what it had found.
        #expect(knell.events(named: "target.found", ["rule": "kept"]).count == 1)
        #expect(knell.events(named: "rule.watching", ["rule": "kept"]).count == 1)
        #expect(knell.events(named: "config.rejected").isEmpty)
    }

    @Test func noticesAnotherDirectoryBehindALink() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        for version in ["a", "b"] {
            try FileManager.default.createDirectory(
                atPath: results.file(version), withIntermediateDirectories: false)
            try results.write(
                configuration(watching: main.name, actions: ["touch: \(results.file("did-\(version)"))"]),
                to: "\(version)/knell.yaml")
        }
        try FileManager.default.createSymbolicLink(atPath: results.file("current"), withDestinationPath: "a")
        let knell = try KnellRun(file: results.file("current/knell.yaml"))
        try knell.await("rule.watching")
        try FileManager.default.createSymbolicLink(atPath: results.file("new"), withDestinationPath: "b")
        #expect(unsafe rename(results.file("new"), results.file("current")) == 0)
        try knell.await("config.reloaded")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("did-b"))
        #expect(!results.holds("did-a"))
    }

    @Test func noticesADirectoryThatComesBack() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        try FileManager.default.createDirectory(atPath: results.file("etc"), withIntermediateDirectories: false)
        try results.write(configuration(watching: main.name), to: "etc/knell.yaml")
        let knell = try KnellRun(file: results.file("etc/knell.yaml"))
        try knell.await("rule.watching")
        try FileManager.default.removeItem(atPath: results.file("etc"))
        try knell.await("config.rejected")
        try FileManager.default.createDirectory(atPath: results.file("etc"), withIntermediateDirectories: false)
        try results.write(
            configuration(watching: main.name, actions: ["touch: \(results.file("done"))"]), to: "etc/knell.yaml")
        try knell.await("config.reloaded")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("done"))
        #expect(knell.events(named: "config.warning").isEmpty)
    }

    @Test func losesNoEndWhereARuleGetsAnotherName() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let text = configuration(
            watching: main.name, rule: ["gracePeriod: 1s"], actions: ["touch: \(results.file("done"))"])
        let map = try ConfigMap(text)
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        try main.exit()
        try knell.await("rule.grace")
        try map.swap(to: text.replacingOccurrences(of: "name: r\n", with: "name: renamed\n"))
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("done"))
    }

    @Test func keepsTheLastGoodConfiguration() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let good = configuration(watching: main.name, actions: ["touch: \(results.file("done"))"])
        let map = try ConfigMap(good)
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        try map.swap(to: good.replacingOccurrences(of: "actions:", with: "actoins:"))
        let rejected = try knell.await("config.rejected")
        let error: String = try #require(rejected["error"])
        #expect(error.hasPrefix("\(map.path):5:5: error: rules[0]: unknown key \"actoins\"; did you mean \"actions\"?"))
        #expect(error.hasSuffix("[unknown-key]"))
        // Other faults are told anew, and what is well again as well.
        try map.swap(to: "version: 3\n")
        let next: String = try #require(try knell.await("config.rejected")["error"])
        #expect(next.contains("[unsupported-version]"))
        try map.swap(to: good)
        try knell.await("config.reloaded")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("done"))
        #expect(knell.events(named: "rule.watching").count == 1)
    }

    @Test func survivesTheLossOfItsFile() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let map = try ConfigMap(configuration(watching: main.name, actions: ["touch: \(results.file("done"))"]))
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        try FileManager.default.removeItem(atPath: map.path)
        #expect(try knell.await("config.rejected")["error"]?.contains("ENOENT") == true)
        try map.directory.write(
            configuration(watching: main.name, actions: ["touch: \(results.file("again"))"]), to: "knell.yaml")
        try knell.await("config.reloaded")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("again"))
    }

    @Test func finishesAnActionThatRunsAndForgetsNoChange() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let server = try ScriptedServer(script: [.sendAndHang("")])
        func text(_ file: String) -> String {
            configuration(
                watching: main.name,
                actions: [
                    "{http: {url: 'http://127.0.0.1:\(server.port)/'}, timeout: 10m, onFailure: ignore}",
                    "touch: \(results.file(file))",
                ])
        }
        let map = try ConfigMap(text("old"))
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        try main.exit()
        try awaitReadable(server.arrival)
        try map.swap(to: text("new"))
        let reloaded = try knell.await("config.reloaded")
        #expect(reloaded["note"]?.contains("had fired") == true)
        server.stop()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("old"))
        #expect(!results.holds("new"))
    }

    @Test func readsAgainUponSIGHUP() throws {
        let main = try Target()
        let map = try ConfigMap(configuration(watching: main.name))
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        knell.process.kill(SIGHUP)
        try knell.await("signal.received", ["signal": "SIGHUP"])
        #expect(try knell.await("config.reloaded")["note"] == "unchanged: 1")
        try main.exit()
        #expect(try knell.exitCode() == 0)
    }

    @Test(arguments: [(["--no-reload"], []), ([], ["KNELL_NO_RELOAD=1"])])
    func canBePinned(options: [String], environment: [String]) throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let map = try ConfigMap(configuration(watching: main.name, actions: ["touch: \(results.file("old"))"]))
        let knell = try KnellRun(file: map.path, options: options, environment: environment)
        try knell.await("rule.watching")
        try map.swap(to: configuration(watching: main.name, actions: ["touch: \(results.file("new"))"]))
        knell.process.kill(SIGHUP)
        #expect(try knell.await("signal.received")["note"]?.contains("pins the configuration") == true)
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(results.holds("old"))
        #expect(knell.events(named: "config.reloaded").isEmpty)
    }

    @Test func hasNothingToReadAgainOfStandardInput() throws {
        let main = try Target()
        let process = try ChildProcess(
            Knell.path, ["run", "--config", "-"], environment: Knell.environment, capturesError: true)
        try process.send(configuration(watching: main.name))
        process.closeInput()
        while let line = try process.readLine(from: .standardError), !line.contains("rule.watching") {}
        process.kill(SIGHUP)
        #expect(try process.readLine(from: .standardError)?.contains("standard input") == true)
        try main.exit()
        #expect(Knell.exitCode(ofWaitStatus: try process.wait()) == 0)
    }

    @Test(.enabled(if: isRoot && canUnshare("--mount"), "needs a mount namespace"))
    func saysOnceThatASubPathMountNeverChanges() throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let file = try results.write(configuration(watching: main.name), to: "knell.yaml")
        let knell = try KnellRun(
            file: file,
            wrapper: ["unshare", "--mount", "/bin/sh", "-c", "mount --bind \(file) \(file) && exec \"$@\"", "sh"])
        #expect(try knell.await("config.warning")["error"]?.contains("subPath") == true)
        knell.process.kill(SIGHUP)
        try knell.await("config.reloaded")
        try main.exit()
        #expect(try knell.exitCode() == 0)
        #expect(knell.events(named: "config.warning").count == 1)
    }

    @Test func losesNothingInManySwapsWhileProcessesComeAndGo() throws {
        let (name, results) = (uniqueName(), try TemporaryDirectory())
        let count = results.file("count")
        @Sendable func text(_ version: Int) -> String {
            """
            version: 1
            rules:
              - name: kept
                watch: {processes: [{name: '^\(name)$'}]}
                actions: [{exec: {command: [/bin/sh, -c, 'echo x >>\(count)']}}]
                repeat: true
              - name: changed
                watch: {processes: [{name: '^no-\(version % 7)$'}]}

            """
        }
        let map = try ConfigMap(text(0))
        let knell = try KnellRun(file: map.path)
        try knell.await("run.started")
        let swapping = try TestThread {
            for version in 1...250 { try map.swap(to: text(version)) }
        }
        let lives = 8
        for _ in 0..<lives {
            let target = try Target(name)
            try knell.await("rule.watching", ["rule": "kept"])
            try target.exit()
            try knell.await("rule.finished", ["rule": "kept"])
        }
        try swapping.join()
        #expect(try results.read("count") == String(repeating: "x\n", count: lives))
        #expect(knell.events(named: "config.rejected").isEmpty)
        knell.process.kill(SIGINT)
        #expect(try knell.exitCode() == 130)
        #expect(!knell.events(named: "config.reloaded").isEmpty)
    }

    @Test(arguments: 0..<10) func actsOnceHoweverCloseTheEndAndTheChangeAre(round: Int) throws {
        let (main, results) = (try Target(), try TemporaryDirectory())
        let count = results.file("count")
        let name = main.name
        @Sendable func text(_ version: Int) -> String {
            configuration(
                watching: name, rule: ["gracePeriod: \(version % 3)ms", "exitCode: \(version % 5)"],
                actions: ["exec: {command: [/bin/sh, -c, 'echo x >>\(count)']}"])
        }
        let map = try ConfigMap(text(0))
        let knell = try KnellRun(file: map.path)
        try knell.await("rule.watching")
        let pid = main.pid
        let swapping = try TestThread {
            for version in 1...25 {
                try map.swap(to: text(version))
                // It is reaped at the end of the test only, so its pid is nobody else's.
                if version == 2 * round + 1 { _ = kill(pid, SIGKILL) }
            }
        }
        let code = try knell.exitCode()
        try swapping.join()
        #expect((0..<5).contains(code))
        #expect(try results.read("count") == "x\n")
        #expect(knell.events(named: "rule.fired").count == 1)
    }
}
