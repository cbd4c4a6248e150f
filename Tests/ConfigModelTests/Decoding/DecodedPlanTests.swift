import Testing

@testable import ConfigModel

/// Every key of the contract, written out, and every default of its paragraph "Defaults".
struct DecodedPlanTests {
    @Test func aRuleWithoutAnythingElseHasTheDefaultsOfTheContract() throws {
        let plan = try #require(read(document()).plan)
        #expect(plan.onTerminate == .drain)
        #expect(plan.terminationTimeout == .seconds(25))
        let rule = try #require(plan.rules.first)
        #expect(rule.until == .allEnded)
        #expect(rule.startTimeout == nil)
        #expect(rule.onStartTimeout == .run)
        #expect(rule.gracePeriod == .zero)
        #expect(rule.actions.isEmpty)
        #expect(rule.isFinal == false)
        #expect(rule.repeats == false)
        #expect(
            rule.exitCodes == ExitCodes(ended: .code(0), actionFailed: 1, notStarted: 1, terminated: 0, unknown: nil))
    }

    @Test func anHTTPActionHasTheDefaultsOfTheContract() throws {
        let action = try #require(read(document(action: "http: {url: 'http://127.0.0.1/'}")).action)
        guard case .http(let request) = action.kind else {
            Issue.record("no request: \(action.kind)")
            return
        }
        #expect(request.method == "POST")
        #expect(request.expectedStatus == [StatusRange(200...299)])
        #expect(request.whenRefused == .fail)
        #expect(request.whenDropped == .fail)
        #expect(request.headers.isEmpty)
        #expect(request.body == Secret(""))
        #expect(request.tls == nil)
        #expect(action.timeout == .seconds(5))
        #expect(action.retry == RetryPolicy(attempts: 3, delay: .milliseconds(500), maxDelay: .seconds(10)))
        #expect(action.runsWhen == Set(Outcome.allCases))
        #expect(action.onFailure == .continue)
        #expect(action.thenGone == nil)
        #expect(action.label == "0/http")
    }

    @Test(arguments: [
        "touch: /x", "signal: {process: {pid: 1}}", "exec: {command: [a]}", "shutdown: kuma", "shutdown: gcs-fuse",
    ])
    func otherActionsAreTriedOnceUnlessRetryIsWritten(action: String) throws {
        #expect(try #require(read(document(action: action)).action).retry.attempts == 1)
        #expect(try #require(read(document(action: action + ", retry: {}")).action).retry.attempts == 3)
        #expect(try #require(read(document(action: action + ", retry: {delay: 1s}")).action).retry.attempts == 3)
        #expect(try #require(read(document(action: action + ", retry: {attempts: 2}")).action).retry.attempts == 2)
    }

    @Test func everyKeyOfADocumentArrivesInThePlan() throws {
        let text = """
            version: 1
            onTerminate: run
            terminationTimeout: 1m
            rules:
              - name: stop-the-mesh
                watch:
                  processes:
                    - name: airflow
                      commandLine: 'tasks run'
                      executable: '/python3[.0-9]*$'
                      user: 50000
                      ignoreCase: true
                    - user: airflow
                  until: anyEnded
                  startTimeout: 10m
                  onStartTimeout: skip
                gracePeriod: 5s
                exitCode: {ended: fromTarget, actionFailed: 2, notStarted: 3, terminated: 4, unknown: 5}
                final: true
              - {name: two, watch: {processes: [{name: b}]}, exitCode: 7, repeat: true}
              - {name: three, watch: {processes: [{name: c}]}, exitCode: fromTarget}
            """
        let plan = try #require(read(text, users: ["airflow": 50_001]).plan)
        #expect(plan.onTerminate == .run)
        #expect(plan.terminationTimeout == .seconds(60))
        #expect(plan.rules.map(\.name) == ["stop-the-mesh", "two", "three"])
        let rule = plan.rules[0]
        #expect(
            rule.targets[0]
                == ProcessSelector(
                    name: try Pattern("airflow", ignoresCase: true),
                    commandLine: try Pattern("tasks run", ignoresCase: true),
                    executable: try Pattern("/python3[.0-9]*$", ignoresCase: true), userID: 50_000))
        #expect(rule.targets[1] == ProcessSelector(name: nil, commandLine: nil, executable: nil, userID: 50_001))
        #expect(rule.until == .anyEnded)
        #expect(rule.startTimeout == .seconds(600))
        #expect(rule.onStartTimeout == .skip)
        #expect(rule.gracePeriod == .seconds(5))
        #expect(
            rule.exitCodes == ExitCodes(ended: .fromTarget, actionFailed: 2, notStarted: 3, terminated: 4, unknown: 5))
        #expect(rule.isFinal)
        #expect(plan.rules[1].repeats)
        #expect(plan.rules[1].exitCodes.ended == .code(7))
        #expect(plan.rules[2].exitCodes.ended == .fromTarget)
    }

    @Test func everyKeyOfARequestArrivesInThePlan() throws {
        let text = """
            http:
              {url: 'https://$(HOST):8443/quit?now', method: PUT,
               headers: {x-reason: 'main $(WHAT)', dapr-api-token: {fromFile: /run/secrets/token}, x-env: {fromEnv: TOKEN}},
               body: '$$(x) $(WHAT)', expectStatus: [204, 3xx], whenRefused: succeed, whenDropped: succeed,
               tls: {caFile: /ca, certificateFile: /crt, keyFile: /key, insecureSkipVerify: true}},
            timeout: 9s, retry: {attempts: 7, delay: 2s, maxDelay: 3s}, when: [failed, unknown], onFailure: ignore,
            thenGone: {process: {pidFile: /run/x.pid}, within: 4s}
            """
        let variables = ["HOST": "example.com", "WHAT": "ended", "TOKEN": "t0ken"]
        let action = try #require(read(document(action: text), variables: variables).action)
        guard case .http(let request) = action.kind else {
            Issue.record("no request: \(action.kind)")
            return
        }
        #expect(request.url.text == "https://example.com:8443/quit?now")
        #expect(request.method == "PUT")
        #expect(request.headers.map(\.name) == ["x-reason", "dapr-api-token", "x-env"])
        #expect(
            request.headers.map(\.value)
                == [.literal(Secret("main ended")), .fromFile("/run/secrets/token"), .literal(Secret("t0ken"))])
        #expect(request.body == Secret("$(x) ended"))
        #expect(request.expectedStatus == [StatusRange(204...204), StatusRange(300...399)])
        #expect(request.whenRefused == .succeed)
        #expect(request.whenDropped == .succeed)
        #expect(
            request.tls
                == TLSSettings(caFile: "/ca", certificateFile: "/crt", keyFile: "/key", insecureSkipVerify: true))
        #expect(action.timeout == .seconds(9))
        #expect(action.retry == RetryPolicy(attempts: 7, delay: .seconds(2), maxDelay: .seconds(3)))
        #expect(action.runsWhen == [.failed, .unknown])
        #expect(action.onFailure == .ignore)
        #expect(action.thenGone == GoneCondition(process: .pidFile("/run/x.pid"), within: .seconds(4)))
    }

    @Test func everyOtherKindOfActionArrivesInThePlan() throws {
        let actions = """
            actions: [{touch: {path: $(DIR)/done, createDirectories: true, mode: '0600'}}, {touch: /a},
                      {signal: {process: {name: ^envoy$}, signal: INT}, thenGone: {within: 10s}}, {signal: {process: {pid: 17}}},
                      {exec: {command: [/bin/flush, --now]}}, {sleep: 2s}]
            """
        let kinds = try #require(read(document(rule: actions), variables: ["DIR": "/shared"]).rule).actions.map(\.kind)
        let envoy = ProcessReference.matching(
            ProcessSelector(name: try Pattern("^envoy$"), commandLine: nil, executable: nil, userID: nil))
        #expect(
            kinds == [
                .touch(TouchRequest(path: "/shared/done", createDirectories: true, mode: 0o600)),
                .touch(TouchRequest(path: "/a", createDirectories: false, mode: 0o644)),
                .signal(SignalRequest(process: envoy, signal: Signal(number: 2))),
                .signal(SignalRequest(process: .pid(17), signal: Signal(number: 15))),
                .exec(ExecRequest(command: ["/bin/flush", "--now"])), .sleep(.seconds(2)),
            ])
    }

    @Test func theProcessOfThenGoneIsTheSignalledOneUnlessItIsNamed() throws {
        let signal = "signal: {process: {pid: 17}}, thenGone: "
        #expect(
            read(document(action: signal + "{within: 1s}")).action?.thenGone
                == GoneCondition(process: .pid(17), within: .seconds(1)))
        #expect(
            read(document(action: signal + "{process: {pid: 18}, within: 1s}")).action?.thenGone
                == GoneCondition(process: .pid(18), within: .seconds(1)))
        #expect(read(document(action: "touch: /x, thenGone: {within: 1s}")).codes == [.missingKey])
    }

    @Test(
        arguments: [
            ("0644", 0o644), ("'0644'", 0o644), ("644", 0o644), ("0o600", 0o600), ("'000'", 0), ("'0777'", 0o777),
        ] as [(String, UInt32)])
    func aModeIsOctalHoweverItIsWritten(text: String, mode: UInt32) {
        #expect(
            read(document(action: "touch: {path: /x, mode: \(text)}")).action?.kind
                == .touch(TouchRequest(path: "/x", createDirectories: false, mode: mode)))
    }

    @Test(arguments: ["'0999'", "'01777'", "8", "'07'", "rw-r--r--", "'+644'", "-644", "0x1ff"])
    func anythingElseIsNoMode(text: String) {
        #expect(read(document(action: "touch: {path: /x, mode: \(text)}")).codes == [.outOfRange])
    }

    @Test func aLongDelayIsNotCutByTheDefaultBound() throws {
        let retry = try #require(read(document(action: "touch: /x, retry: {delay: 30s}")).action).retry
        #expect(retry.delay == .seconds(30))
        #expect(retry.maxDelay == .seconds(30))
        #expect(read(document(action: "touch: /x, retry: {delay: 30s, maxDelay: 29s}")).codes == [.outOfRange])
    }

    @Test(arguments: ["until: [allEnded]", "until: AllEnded", "until: "])
    func aChoiceIsOneOfItsNamesExactly(line: String) {
        #expect(read("version: 1\nrules: [{name: a, watch: {processes: [{name: x}], \(line)}}]").plan == nil)
    }

    @Test(
        arguments: [
            ("exec: {command: []}", .outOfRange), ("exec: {command: ['']}", .outOfRange),
            ("exec: {command: [1]}", .wrongType),
            ("touch: relative", .invalidPath), ("touch: /dir/", .invalidPath), ("touch: ''", .invalidPath),
            ("touch: \"/a\\0b\"", .invalidCharacter), ("exec: {command: [\"a\\0\"]}", .invalidCharacter),
            ("http: {url: 'http://h/', method: CONNECT}", .unknownValue),
            ("http: {url: 'http://h/', method: 'A B'}", .unknownValue),
            ("http: {url: 'http://h/', expectStatus: [6xx]}", .outOfRange),
            ("http: {url: 'http://h/', expectStatus: [99]}", .outOfRange),
            ("http: {url: 'http://h/', expectStatus: []}", .outOfRange),
            ("http: {url: 'http://h/', tls: {}}", .notApplicable),
            ("http: {url: 'http+unix://%2Fs/', tls: {}}", .notApplicable),
            ("http: {url: 'http://h/', headers: {a: {fromFile: x}}}", .invalidPath),
            ("http: {url: 'http://h/', headers: {Host: \"a\\nb\"}}", .invalidHeader),
            ("http: {url: 'http://h/', headers: {'': b}}", .invalidHeader),
            ("http: {url: 'http://h/', headers: {te: b}}", .invalidHeader),
            ("http: {url: 'http://h/', headers: {Upgrade: b}}", .invalidHeader),
            ("http: {url: 'http://h/', headers: [a]}", .wrongType),
            ("sleep: 1s, timeout: 1s", .notApplicable), ("sleep: 1s, thenGone: {within: 1s}", .notApplicable),
            ("timeout: 1s", .missingKey),
            ("signal: {process: {}}", .missingKey), ("signal: {process: {pid: 1, pidFile: /x}}", .conflictingKeys),
            ("touch: /x, when: []", .outOfRange), ("touch: /x, when: [ended]", .unknownValue),
            ("shutdown: {preset: kuma, host: h}", .notApplicable),
            ("shutdown: {preset: istio, host: 'h/x'}", .invalidURL),
            ("shutdown: {preset: istio, host: 'h:1'}", .invalidURL),
            ("shutdown: {preset: istio, host: 'u@h'}", .invalidURL),
            ("shutdown: {preset: istio, host: ''}", .invalidURL),
        ] as [(String, Diagnostic.Code)])
    func whatCannotWorkIsRefused(action: String, code: Diagnostic.Code) {
        #expect(read(document(action: action)).codes == [code])
    }

    @Test(arguments: [("rules", 64, 65), ("processes", 32, 33), ("actions", 64, 65)])
    func listsHaveTheirBounds(list: String, most: Int, tooMany: Int) {
        func text(_ count: Int) -> String {
            switch list {
            case "rules":
                "version: 1\nrules: [" + (0..<count).map { "{name: r\($0), watch: {processes: [{name: x}]}}," }.joined()
                    + "]"
            case "processes": document(processes: String(repeating: "{name: x},", count: count))
            default: document(rule: "actions: [" + String(repeating: "{sleep: 1s},", count: count) + "]")
            }
        }
        #expect(read(text(most)).codes == [])
        #expect(read(text(tooMany)).codes == [.outOfRange])
    }

    @Test(arguments: ["a", "stop-the-mesh", "0", "a-1", String(repeating: "a", count: 63)])
    func aRuleIsNamedByADNSLabel(name: String) {
        #expect(read("version: 1\nrules: [{name: '\(name)', watch: {processes: [{name: x}]}}]").rule?.name == name)
    }

    @Test(arguments: ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a b", String(repeating: "a", count: 64)])
    func anythingElseIsNoName(name: String) {
        #expect(read("version: 1\nrules: [{name: '\(name)', watch: {processes: [{name: x}]}}]").codes == [.invalidName])
    }

    @Test(
        arguments: [
            ("0", .wrongType, "'0'"), ("4294967295", .outOfRange, "4294967295"), ("-1", .outOfRange, "-1"),
            ("1.5", .wrongType, "1.5"), ("''", .wrongType, "''"), ("true", .wrongType, "true"),
        ] as [(String, Diagnostic.Code, String)])
    func aUserIsAUidOrAName(_: String, code: Diagnostic.Code, written: String) {
        #expect(read(document(processes: "{user: \(written)}")).codes == [code])
    }

    @Test(arguments: [("0", 0), ("50000", 50_000), ("4294967294", 4_294_967_294), ("root", 0)] as [(String, UInt32)])
    func aUserIsResolved(written: String, uid: UInt32) {
        #expect(read(document(processes: "{user: \(written)}")).rule?.targets.first?.userID == uid)
    }
}
