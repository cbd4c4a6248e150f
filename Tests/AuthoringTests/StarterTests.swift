import ConfigModel
import TestSupport
import Testing

@testable import Authoring

/// What `knell init` writes.
struct StarterTests {
    private static func answers(
        _ workload: WorkloadKind, _ presets: [String], _ targets: [InitAnswers.Target] = [.init(.name, "^main$")]
    ) -> InitAnswers {
        var answers = InitAnswers(image: "registry.example.com/knell:1")
        answers.workload = workload
        answers.presets = presets
        answers.targets = workload == .airflow ? [] : targets
        return answers
    }

    /// The text below `knell.yaml: |` of a ConfigMap.
    private static func embedded(in configMap: String) -> String {
        let lines = configMap.split(separator: "\n", omittingEmptySubsequences: false)
        let block = lines.drop { $0 != "  knell.yaml: |" }.dropFirst()
        return block.map { String($0.dropFirst(4)) }.joined(separator: "\n")
    }

    @Test(arguments: WorkloadKind.allCases, [AirflowVersion.two, .three])
    func isValidForEveryPairOfPresets(workload: WorkloadKind, version: AirflowVersion) throws {
        for first in Preset.names {
            for second in Preset.names {
                var answers = Self.answers(workload, first == second ? [first] : [first, second])
                answers.airflowVersion = version
                let starter = try Starter(answers)
                let plan = try Plan.parsing(starter.configuration.text)
                #expect(plan.rules.count == 1)
                #expect(plan.rules[0].actions.map(\.label) == answers.presets.indices.map { "\($0)/shutdown" })
                #expect(plan.rules[0].repeats == (workload == .deployment))
                #expect(Self.embedded(in: starter.configMap.text) == starter.configuration.text)
                let key =
                    starter.isPodOverride ? "termination_grace_period_seconds=" : "terminationGracePeriodSeconds: "
                let seconds = try #require(starter.container.text.number(behind: key))
                #expect(seconds >= plan.leastGracePeriodSeconds && seconds < plan.leastGracePeriodSeconds + 5)
                #expect(
                    starter.configuration.text.contains(
                        "terminationGracePeriodSeconds of at least \(plan.leastGracePeriodSeconds)."))
            }
        }
    }

    @Test(arguments: [
        "^report$", "it's", "a: b", "a #b", "'x'", "yes", "^1$", "[0-9]+", "\\[x\\]", "x{2}", " -m x ", "ä", "a,b",
        "\"", "!x", "&x",
    ]) func keepsPatternsAsTheyAreGiven(pattern: String) throws {
        let answers = Self.answers(.job, ["istio"], [.init(.commandLine, pattern), .init(.name, "b")])
        let rule = try #require(Plan.parsing(Starter(answers).configuration.text).rules.first)
        #expect(rule.targets.map(\.commandLine?.text) == [pattern, nil])
        #expect(rule.targets.map(\.name?.text) == [nil, "b"])
    }

    @Test func takesTheSelectorOfTheAirflowThatIsMeant() throws {
        var answers = Self.answers(.airflow, ["istio"])
        for (version, line, other) in [
            (
                AirflowVersion.two, "/usr/bin/python /home/airflow/.local/bin/airflow tasks run a b",
                "airflow worker -- 7"
            ),
            (.three, "python -m airflow.sdk.execution_time.execute_workload --json-string {}", "airflow worker -- 7"),
        ] {
            answers.airflowVersion = version
            let rule = try #require(Plan.parsing(Starter(answers).configuration.text).rules.first)
            let pattern = try #require(rule.targets.first?.commandLine)
            #expect(pattern.matches(Array(line.utf8)))
            #expect(!pattern.matches(Array(other.utf8)))
        }
        #expect(try Starter(answers).container.text.contains("containers=["))
        answers.targets = [.init(.name, "^mine$")]
        let rule = try #require(Plan.parsing(Starter(answers).configuration.text).rules.first)
        #expect(rule.targets.map(\.name?.text) == ["^mine$"])
    }

    @Test(
        arguments: [
            ("10m", "5s", Duration.seconds(600), Duration.seconds(5)), ("none", "0s", nil, .zero),
            (nil, nil, .seconds(600), .seconds(2)),
        ] as [(String?, String?, Duration?, Duration)])
    func takesTimes(start: String?, grace: String?, startTimeout: Duration?, gracePeriod: Duration) throws {
        var answers = Self.answers(.job, ["istio"])
        answers.startTimeout = start
        answers.gracePeriod = grace
        let starter = try Starter(answers)
        let rule = try #require(Plan.parsing(starter.configuration.text).rules.first)
        #expect(rule.startTimeout == startTimeout)
        #expect(rule.gracePeriod == gracePeriod)
        #expect(starter.configuration.text.contains("notStarted") == (startTimeout != nil))
    }

    @Test func givesThePodWhatPresetsAskFor() throws {
        let vault = try Starter(Self.answers(.cronjob, ["vault-agent"])).container.text
        #expect(vault.contains("vault.hashicorp.com/agent-enable-quit: 'true'"))
        let fuse = try Starter(Self.answers(.deployment, ["gcs-fuse"])).container.text
        #expect(fuse.contains("mountPath: /gcsfuse-tmp") && fuse.contains("runAsUser: 65534"))
        let kuma = try Starter(Self.answers(.job, ["kuma"])).container.text
        #expect(kuma.contains("runAsUser: 5678"))
        let istio = try Starter(Self.answers(.job, ["istio"])).container.text
        #expect(istio.contains("runAsUser: 65532") && !istio.contains("annotations"))
    }

    @Test func namesEveryFaultByItsFlag() throws {
        var answers = Self.answers(.job, ["isto", "istio", "istio"], [.init(.name, #"\d"#), .init(.commandLine, "(")])
        answers.startTimeout = "10"
        answers.gracePeriod = "1d"
        answers.name = "Bad"
        answers.namespace = "a.b"
        answers.image = "a b"
        let faults = try #require(throws: InitFaults.self) { try Starter(answers) }.faults
        #expect(
            faults.map { "\($0.flag) \($0.value)" }.sorted() == [
                "--command-line (", "--grace-period 1d", "--image a b", "--name Bad", "--namespace a.b",
                "--preset istio",
                "--preset isto", #"--process \d"#, "--start-timeout 10",
            ])
        let text = faults.map(\.description).joined(separator: "\n")
        for part in [
            #"--process '\d': cannot use the pattern: POSIX has no \d; write [0-9]"#, "did you mean \"istio\"?",
            "write 10s",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test(arguments: ["a\nb", "a\tb", "a\u{1B}b", "a\u{202E}b"]) func refusesWhatSteersOutput(pattern: String) throws {
        let answers = Self.answers(.job, ["istio"], [.init(.name, pattern)])
        let faults = try #require(throws: InitFaults.self) { try Starter(answers) }.faults
        #expect(faults.map(\.flag) == ["--process"])
        #expect(!faults[0].description.unicodeScalars.contains { $0.value < 0x20 })
    }

    /// A byte order mark is no control character, and still no YAML.
    @Test(arguments: ["\u{FEFF}a", "a\u{FEFF}b", "a\u{FFFE}"]) func refusesWhatYAMLCannotHold(pattern: String) throws {
        let answers = Self.answers(.job, ["istio"], [.init(.name, pattern)])
        let faults = try #require(throws: InitFaults.self) { try Starter(answers) }.faults
        #expect(faults.map(\.flag) == ["--process"])
        #expect(faults.first?.reason == "it holds a character that YAML does not allow")
    }

    @Test func saysWhatIsMissing() {
        var answers = InitAnswers(image: "x")
        #expect(answers.missingFlags == ["--workload", "--process or --command-line", "--preset"])
        answers.workload = .airflow
        #expect(answers.missingFlags == ["--preset"])
        answers.presets = ["istio"]
        #expect(answers.missingFlags == [])
    }
}

extension String {
    /// The number that stands behind a text for the first time.
    fileprivate func number(behind key: String) -> Int64? {
        split(separator: key, maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
            .flatMap { Int64($0.prefix { $0.isNumber }) }
    }
}
