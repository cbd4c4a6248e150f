import Glibc
import TestSupport
import Testing

/// Configurations that are missing, wrong or hostile, through the binary.
@Suite(.timeLimit(.minutes(10)))
struct ConfigurationTests {
    private static let good = configuration(watching: "nobody-here", actions: ["touch: /nowhere/file"])

    @Test(arguments: [["run", "--config"], ["validate"]]) func exits66WhereTheFileCannotBeRead(command: [String]) throws
    {
        let directory = try TemporaryDirectory()
        for (path, reason) in [(directory.file("missing.yaml"), "ENOENT"), (directory.path, "EISDIR")] {
            let completion = try Knell.run(command + [path])
            #expect(completion.exitCode == 66)
            #expect(completion.errors.contains(path) && completion.errors.contains(reason), "\(completion.errors)")
            #expect(completion.output.isEmpty)
        }
    }

    @Test(arguments: [
        ["bogus"], ["run", "--nonsense"], ["run", "--log-level", "loud"], ["run", "--log-format", "xml"], ["validate"],
        ["run", "surplus"],
    ]) func exits64OnWrongUsage(arguments: [String]) throws {
        let completion = try Knell.run(arguments)
        #expect(completion.exitCode == 64)
        #expect(completion.errors.contains("Usage: knell"))
        #expect(completion.output.isEmpty)
    }

    @Test(arguments: [["run", "--config"], ["validate"]]) func exits78WithEveryFaultAtItsPlace(command: [String]) throws
    {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            """
            version: 1
            rules:
              - name: Bad_Name
                watch: {processes: [{nmae: main}]}
                gracePeriod: 5
                actions:
                  - touch: relative
            """, to: "knell.yaml")
        let completion = try Knell.run(command + [file])
        #expect(completion.exitCode == 78)
        #expect(completion.output.isEmpty)
        for part in [
            "knell.yaml:3:11: error: rules[0].name:", "[invalid-name]",
            "    3 |   - name: Bad_Name\n      |           ^~~~~~~~\n",
            "knell.yaml:4:26: error:", "did you mean \"name\"?", "[unknown-key]", "knell.yaml:5:18: error:",
            "[duration-syntax]",
            "knell.yaml:7:16: error:", "[invalid-path]",
        ] { #expect(completion.errors.contains(part), "\(part) in\n\(completion.errors)") }
    }

    @Test func takesThePathFromTheVariableAndTheOptionBeforeIt() throws {
        let directory = try TemporaryDirectory()
        let (first, second) = (directory.file("first.yaml"), directory.file("second.yaml"))
        #expect(try Knell.run(["run"], environment: ["KNELL_CONFIG=\(first)"]).errors.contains(first))
        let both = try Knell.run(["run", "--config", second], environment: ["KNELL_CONFIG=\(first)"])
        #expect(both.errors.contains(second) && !both.errors.contains(first))
        #expect(both.exitCode == 66)
    }

    @Test(.enabled(if: unsafe access("/etc/knell", F_OK) != 0, "this machine has a configuration at the default path"))
    func takesAnEmptyVariableForNone() throws {
        for environment in [[], ["KNELL_CONFIG="]] {
            let completion = try Knell.run(["run"], environment: environment)
            #expect(completion.exitCode == 66)
            #expect(completion.errors.contains(" /etc/knell/knell.yaml: No such file or directory"))
        }
    }

    @Test func runsAConfigurationFromStandardInput() throws {
        let bad = try Knell.run(["run", "--config", "-"], input: "version: 1\nrules: []\n")
        #expect(bad.exitCode == 78)
        #expect(bad.errors.hasPrefix("<stdin>:2:1: error: rules:"))
        let text = configuration(
            watching: uniqueName(), watch: "startTimeout: 50ms", rule: ["exitCode: {notStarted: 4}"])
        #expect(try Knell.run(["run", "--config", "-"], input: text).exitCode == 4)
    }

    @Test func validatesSeveralFilesAndStandardInput() throws {
        let directory = try TemporaryDirectory()
        let good = try directory.write(Self.good, to: "good.yaml")
        let bad = try directory.write("version: 2\n", to: "bad.yaml")
        let all = try Knell.run(["validate", good, "-", bad, good], input: Self.good)
        #expect(all.exitCode == 78)
        #expect(all.output == "\(good): valid, 1 rule\n<stdin>: valid, 1 rule\n\(good): valid, 1 rule\n")
        #expect(all.errors.contains("bad.yaml:1:10: error:"))
        #expect(!all.errors.contains("good.yaml"))
        #expect(try Knell.run(["validate", good]).exitCode == 0)
        #expect(try Knell.run(["validate", bad, directory.file("missing.yaml")]).exitCode == 66)
        let standardInput = try Knell.run(["validate", "-"], input: "version: 1\nrules: []\n")
        #expect(standardInput.exitCode == 78)
        #expect(standardInput.errors.hasPrefix("<stdin>:2:"))
    }

    @Test func takesUndefinedVariablesAndUsersForWarningsWhenToldTo() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write(
            """
            version: 1
            rules:
              - name: r
                watch: {processes: [{user: no-such-user}]}
                actions: [{touch: $(KNELL_TEST_WHERE)/x}]
            """, to: "knell.yaml")
        let strict = try Knell.run(["validate", file])
        #expect(strict.exitCode == 78)
        #expect(strict.errors.contains("error:") && strict.errors.contains("[undefined-variable]"))
        #expect(strict.errors.contains("[unknown-user]"))
        let lenient = try Knell.run(["validate", "--allow-undefined-variables", file])
        #expect(lenient.exitCode == 0)
        #expect(lenient.errors.contains("warning:") && !lenient.errors.contains("error:"))
        let defined = try Knell.run(
            ["validate", "--allow-undefined-variables", file], environment: ["KNELL_TEST_WHERE=/tmp"])
        #expect(!defined.errors.contains("[undefined-variable]"))
    }

    @Test func tellsVersionHelpAndPresets() throws {
        let version = try Knell.run(["--version"])
        #expect(version.exitCode == 0 && version.output.contains("."))
        let help = try Knell.run(["help", "run"])
        #expect(help.exitCode == 0 && help.output.contains("--termination-log"))
        let presets = try Knell.run(["presets"])
        #expect(presets.exitCode == 0 && presets.errors.isEmpty)
        for name in ["istio", "linkerd", "gcs-fuse", "POST http://127.0.0.1:15020/quitquitquit"] {
            #expect(presets.output.contains(name))
        }
    }
}
