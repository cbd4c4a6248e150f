import ConfigModel
import Foundation
import TestSupport
import Testing

/// `knell init` through the binary.
@Suite(.timeLimit(.minutes(10)))
struct InitTests {
    private static let workloads = ["job", "cronjob", "deployment", "airflow"]

    private static func flags(_ workload: String, _ presets: [String], _ others: [String] = []) -> [String] {
        ["init", "--workload", workload] + (workload == "airflow" ? [] : ["--process", "^report$"])
            + presets.flatMap { ["--preset", $0] } + others
    }

    @Test(arguments: Preset.names, workloads)
    func theOutputValidatesForEveryPresetAndWorkload(preset: String, workload: String) throws {
        let written = try Knell.run(Self.flags(workload, [preset], ["--print", "configuration"]))
        #expect(written.exitCode == 0 && written.errors.isEmpty, "\(written.errors)")
        let judged = try Knell.run(["validate", "-"], input: written.output)
        #expect(judged.exitCode == 0, "\(judged.errors)")
        let manifest = try Knell.run(Self.flags(workload, [preset], ["--print", "manifest"]))
        let block = manifest.output.components(separatedBy: "  knell.yaml: |\n").last?.components(
            separatedBy: "\n---\n"
        ).first
        let embedded = try #require(block).split(separator: "\n").map { $0.dropFirst(4) + "\n" }.joined()
        #expect(embedded == written.output)
    }

    @Test func printsAllWithALineBeforeEachFile() throws {
        let all = try Knell.run(Self.flags("job", ["istio", "linkerd"])).output
        #expect(
            all.split(separator: "\n").filter { $0.hasPrefix("# ----") } == [
                "# ---- knell.yaml: the configuration ----",
                "# ---- knell-configmap.yaml: the ConfigMap that holds it ----",
                "# ---- knell-container.yaml: a workload with Knell in it ----",
            ])
    }

    /// With `UPDATE_DOCS=1` in the environment what is shown is written instead of compared.
    @Test func theDocumentationShowsWhatItWrites() throws {
        let output = try Knell.run(Self.flags("job", ["istio"], ["--print", "configuration"])).output
        let document = MarkdownDocument(path: "docs/init.md")
        let shown = try #require(document.snippets().first { $0.remark == "init" })
        guard ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" else {
            #expect(shown.text == output, "UPDATE_DOCS=1 rewrites docs/init.md")
            return
        }
        var lines = try document.lines()
        lines.replaceSubrange(shown.range, with: output.components(separatedBy: "\n").dropLast())
        try document.write(lines)
    }

    // MARK: Others judge

    /// Loads the documents of standard input, and prints what the pod is made of.
    private static let reader = """
        import sys, json
        from ruamel.yaml import YAML
        documents = list(YAML(typ="safe").load_all(sys.stdin.read()))
        config, workload = documents[0], documents[1]
        spec = workload["spec"]
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        pod = spec["template"]["spec"]
        knell = pod["containers"][1]
        assert list(config["data"]) == ["knell.yaml"]
        assert all(m["metadata"]["namespace"] == "prod" for m in documents)
        assert pod["volumes"] == [{"name": "knell", "configMap": {"name": config["metadata"]["name"]}}]
        assert knell["volumeMounts"][0] == {"name": "knell", "mountPath": "/etc/knell", "readOnly": True}
        assert knell["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert pod["shareProcessNamespace"] is True
        print(json.dumps([workload["apiVersion"], workload["kind"], [c["name"] for c in pod["containers"]],
            pod["terminationGracePeriodSeconds"], pod.get("restartPolicy", "Always")]))
        """

    @Test(
        .enabled(if: TestTools.areExpected, Comment(rawValue: TestTools.absence)),
        arguments: [
            ("job", #"["batch/v1", "Job", ["main", "knell"], 60, "Never"]"#),
            ("cronjob", #"["batch/v1", "CronJob", ["main", "knell"], 60, "Never"]"#),
            ("deployment", #"["apps/v1", "Deployment", ["main", "knell"], 60, "Always"]"#),
        ])
    func theManifestIsWhatAReaderOfYAMLTakesForIt(workload: String, expected: String) throws {
        let presets = ["vault-agent", "consul"]
        let manifest = try Knell.run(
            Self.flags(workload, presets, ["--print", "manifest", "--namespace", "prod", "--name", "knell-of.report"]))
        let seen = try Knell.run(["-c", Self.reader], input: manifest.output, program: TestTools.path(of: "python"))
        #expect(seen.output == expected + "\n", "\(seen.errors)")
    }

    @Test(.enabled(if: TestTools.areExpected, Comment(rawValue: TestTools.absence)), arguments: Preset.names)
    func thePodOverrideIsPython(preset: String) throws {
        let script = try Knell.run(Self.flags("airflow", [preset], ["--print", "pod-override"]))
        let check =
            "import ast, sys; t = ast.parse(sys.stdin.read()); print(type(t.body[-1]).__name__, t.body[-1].targets[0].id)"
        let seen = try Knell.run(["-c", check], input: script.output, program: TestTools.path(of: "python"))
        #expect(seen.output == "Assign executor_config\n", "\(seen.errors)")
        let names = script.output.components(separatedBy: "V1Container(").dropFirst().map {
            $0.contains("name=\"base\"")
        }
        #expect(names == [true, false])
    }

    // MARK: Usage

    @Test(
        arguments: [
            (["init"], "Missing: --workload, --process or --command-line, --preset"),
            (["init", "--workload", "airflow"], "Missing: --preset."),
            (["init", "--workload", "job", "--preset", "istio"], "Missing: --process or --command-line."),
            (flags("job", ["isto"]), "--preset isto: unknown preset \"isto\"; did you mean \"istio\"?"),
            (
                flags("job", ["istio"], ["--process", #"\d"#]),
                #"--process '\d': cannot use the pattern: POSIX has no \d"#
            ),
            (
                flags("job", ["istio"], ["--start-timeout", "10"]),
                "--start-timeout '10': cannot read \"10\" as a duration"
            ),
            (flags("job", ["istio"], ["--grace-period", "2x"]), "--grace-period 2x: cannot read"),
            (flags("job", ["istio"], ["--name", "Bad"]), "--name Bad: write 1 to 253"),
            (flags("job", ["istio"], ["--print", "pod-override"]), "--print pod-override is for --workload airflow"),
            (flags("job", ["istio"], ["--print", "all", "--output", "x"]), "--print is about standard output"),
            (flags("pod", ["istio"]), "--workload"),
            (flags("job", ["istio"], ["--airflow-version", "2"]), "--airflow-version is for --workload airflow"),
            (flags("job", ["istio"], ["--output", ""]), "--output: write a directory"),
        ] as [([String], String)])
    func exits64AndSaysWhatIsWrongWithWhichFlag(arguments: [String], reason: String) throws {
        let completion = try Knell.run(arguments)
        #expect(completion.exitCode == 64)
        #expect(completion.errors.contains(reason), "\(completion.errors)")
        #expect(completion.errors.contains("Usage: knell init"), "\(completion.errors)")
        #expect(completion.output.isEmpty)
    }

    // MARK: Files

    @Test func writesFilesAndOverwritesNoneWithoutForce() throws {
        let directory = try TemporaryDirectory()
        let place = directory.file("deploy")
        let first = try Knell.run(Self.flags("job", ["istio"], ["--output", place]))
        #expect(first.exitCode == 0, "\(first.errors)")
        for name in ["knell.yaml", "knell-configmap.yaml", "knell-container.yaml"] {
            #expect(first.output.contains("wrote \(place)/\(name)"))
            #expect(directory.holds("deploy/\(name)"))
        }
        #expect(try Knell.run(["validate", "\(place)/knell.yaml"]).exitCode == 0)

        try directory.write("mine", to: "deploy/knell.yaml")
        let second = try Knell.run(Self.flags("airflow", ["istio"], ["--output", place]))
        #expect(second.exitCode == 64)
        #expect(second.errors.contains("knell.yaml, knell-configmap.yaml in \(place) would be overwritten"))
        #expect(try directory.read("deploy/knell.yaml") == "mine")
        #expect(!directory.holds("deploy/knell_pod_override.py"))

        let third = try Knell.run(Self.flags("airflow", ["istio"], ["--output", place, "--force"]))
        #expect(third.exitCode == 0, "\(third.errors)")
        #expect(try directory.read("deploy/knell.yaml").contains("execute_workload"))
        #expect(directory.holds("deploy/knell_pod_override.py"))
    }

    @Test func exits71WhereAFileCannotBeWritten() throws {
        let directory = try TemporaryDirectory()
        try directory.write("a file", to: "file")
        let completion = try Knell.run(Self.flags("job", ["istio"], ["--output", directory.file("file")]))
        #expect(completion.exitCode == 71)
        #expect(completion.errors.contains("cannot write: open") && completion.errors.contains("ENOTDIR"))
    }

    // MARK: On a terminal

    /// `knell init` on a terminal of script(1)'s, which sends these lines to it; both streams come back as one.
    private static func onTerminal(_ arguments: String, _ lines: [String]) throws -> Knell.Completion {
        try Knell.run(
            ["-qefc", "\(Knell.path) init \(arguments)", "/dev/null"], input: lines.joined(separator: "\n"),
            program: "/usr/bin/script")
    }

    private static let hasTerminal = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(.enabled(if: hasTerminal, "script(1) of bsdutils is missing")) func asksOnATerminalUntilItKnowsAll() throws {
        let directory = try TemporaryDirectory()
        let place = directory.file("deploy")
        let completion = try Self.onTerminal(
            "--output \(place)", ["jbo", "job", "", "(", "^report$", "isto", "linkerd,istio", "5m"])
        #expect(completion.exitCode == 0, "\(completion.output)")
        for part in [
            "What runs the pod?", "no:", "write one of job, cronjob, deployment, airflow", "\"(\" is not closed",
            "did you mean \"istio\"?", "wrote \(place)/knell.yaml",
        ] { #expect(completion.output.contains(part), "\(part) in \(completion.output)") }
        let text = try directory.read("deploy/knell.yaml")
        #expect(text.contains("- name: ^report$") && text.contains("startTimeout: 5m"))
        #expect(try Knell.run(["validate", "\(place)/knell.yaml"]).exitCode == 0)
    }

    @Test(
        .enabled(if: hasTerminal, "script(1) of bsdutils is missing"),
        arguments: [
            (["job"], "The input ended before all was answered"),
            (["a", "b", "c"], "That was try number 3; giving up"),
        ])
    func exits64WhereTheAnswersDoNotSuffice(lines: [String], reason: String) throws {
        let completion = try Self.onTerminal("", lines)
        #expect(completion.exitCode == 64)
        #expect(completion.output.contains(reason), "\(completion.output)")
    }

    @Test(arguments: [("--process", 33), ("--preset", 65)]) func refusesMoreThanARuleTakes(flag: String, count: Int)
        throws
    {
        // Repeated presets are refused before they are counted; so the many are of the other kind.
        let many = (0..<count).flatMap { [flag, flag == "--process" ? "p\($0)" : "istio"] }
        let others = flag == "--process" ? ["--preset", "istio"] : ["--process", "p"]
        let knell = try Knell.run(["init", "--workload", "job"] + others + many)
        #expect(knell.exitCode == 64)
        #expect(knell.errors.contains(flag))
    }
}
