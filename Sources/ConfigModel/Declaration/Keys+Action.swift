extension Keys {
    package enum Action {
        static let http = Key(
            "http", .mapping(HTTP.declaration), "Sends an HTTP request.",
            example: "{url: 'http://127.0.0.1:9901/quitquitquit'}")
        static let shutdown = Key(
            "shutdown", .either(.choice(Preset.names), .mapping(Shutdown.declaration)),
            "Tells a well-known proxy or helper to quit; `knell presets` lists them.", example: "istio")
        static let signal = Key(
            "signal", .mapping(Signal.declaration), "Sends a signal to processes.",
            example: "{process: {name: '^envoy$'}}")
        static let touch = Key(
            "touch", .either(.absolutePath(hasVariables: true), .mapping(Touch.declaration)),
            "Creates a file or updates its time stamps.", example: "/shared/done")
        static let exec = Key(
            "exec", .mapping(Exec.declaration), "Runs a program, without a shell.",
            example: "{command: [/bin/flush, --now]}")
        static let sleep = Key(
            "sleep", .duration(.zero...Keys.day), "Waits; it cannot fail.", example: "2s")
        static let timeout = Key(
            "timeout", .milliseconds(1)...Keys.day, default: .seconds(5), "The longest that one attempt may take.",
            example: "10s")
        static let retry = Key(
            "retry", .mapping(Retry.declaration),
            "How often the action is tried; left out, 3 attempts for `http` and `shutdown`, 1 for the others.",
            example: "{attempts: 5}")
        static let when = Key(
            "when", .list(.choice(Outcome.allCases.map(\.name)), count: 1...5),
            "The outcomes of the rule for which the action runs; left out, always.", example: "[failed]")
        static let onFailure = Key(
            "onFailure", default: ConfigModel.Action.FailurePolicy.continue,
            "Whether the following actions run after a failure, and whether it counts.")
        static let thenGone = Key(
            "thenGone", .mapping(ThenGone.declaration),
            "The action succeeds only once none of these processes is left.", example: "{within: 10s}")

        package static let declaration = MappingDeclaration(
            "action", "One step: exactly one kind, and how it is tried.",
            alternatives: [http.name, shutdown.name, signal.name, touch.name, exec.name, sleep.name],
            constraints: [
                .excludes(sleep.name, [timeout.name, retry.name, thenGone.name]),
                .innerRequired(key: thenGone.name, inner: ThenGone.process.name, unless: signal.name),
            ],
            [
                http.declaration, shutdown.declaration, signal.declaration, touch.declaration, exec.declaration,
                sleep.declaration, timeout.declaration, retry.declaration, when.declaration, onFailure.declaration,
                thenGone.declaration,
            ])
    }

    package enum HTTP {
        static let url = Key(
            "url", .url, isRequired: true, "Where the request goes; redirects are not followed, proxies not used.",
            example: "http://127.0.0.1:9901/quitquitquit")
        static let method = Key("method", .method, default: "POST", "POST", "The request's method.", example: "GET")
        static let headers = Key(
            "headers", .map(.headerValue, count: 0...64), default: (), "{}",
            "Further headers; values from files are read for every attempt and are never logged.",
            example: "{x-reason: main ended}")
        static let body = Key(
            "body", .text(maxBytes: 65_536, hasVariables: true), default: (), "''", "The request's body.",
            example: "'{\"reason\": \"ended\"}'")
        static let expectStatus = Key(
            "expectStatus", .list(.status, count: 1...64), default: [StatusRange(200...299)], "[2xx]",
            "The statuses that mean success.", example: "[200, 204]")
        static let whenRefused = Key(
            "whenRefused", default: HTTPRequest.AbsencePolicy.fail,
            "What it means when the last attempt is still refused, so that nothing is there to stop.")
        static let whenDropped = Key(
            "whenDropped", default: HTTPRequest.AbsencePolicy.fail,
            "What it means when the peer closes the connection before it has answered.")
        static let tls = Key(
            "tls", .mapping(TLS.declaration), "Trust and identity for https.", example: "{caFile: /certs/ca.crt}")

        package static let declaration = MappingDeclaration(
            "http", "One HTTP request and the judgement of its answer.",
            [
                url.declaration, method.declaration, headers.declaration, body.declaration, expectStatus.declaration,
                whenRefused.declaration, whenDropped.declaration, tls.declaration,
            ])
    }

    package enum Header {
        static let fromFile = Key(
            "fromFile", .absolutePath(hasVariables: false), "The file that holds the value, read for every attempt.",
            example: "/run/secrets/token")
        static let fromEnv = Key(
            "fromEnv", .text(maxBytes: 255, hasVariables: false), "The environment variable that holds the value.",
            example: "API_TOKEN")

        package static let declaration = MappingDeclaration(
            "header value", "Where a header's value comes from.", alternatives: [fromFile.name, fromEnv.name],
            [fromFile.declaration, fromEnv.declaration])
    }

    package enum TLS {
        static let caFile = Key(
            "caFile", .absolutePath(hasVariables: false), "PEM certificates to trust instead of the system's.",
            example: "/certs/ca.crt")
        static let certificateFile = Key(
            "certificateFile", .absolutePath(hasVariables: false),
            "The client's PEM certificate chain; needs `keyFile`.",
            example: "/certs/tls.crt")
        static let keyFile = Key(
            "keyFile", .absolutePath(hasVariables: false), "The client's PEM private key; needs `certificateFile`.",
            example: "/certs/tls.key")
        static let insecureSkipVerify = Key(
            "insecureSkipVerify", default: false, "Trusts any certificate: for tests only.")

        package static let declaration = MappingDeclaration(
            "tls", "Trust and identity for https; files are read when a connection is made.",
            constraints: [
                .requires(certificateFile.name, keyFile.name), .requires(keyFile.name, certificateFile.name),
            ],
            [
                caFile.declaration, certificateFile.declaration, keyFile.declaration, insecureSkipVerify.declaration,
            ])
    }

    package enum Shutdown {
        static let preset = Key(
            "preset", .choice(Preset.names), isRequired: true, "The product to stop.", example: "istio")
        static let port = Key(
            "port", .integer(1...65_535), "The port of its shutdown endpoint; left out, the product's default.",
            example: "15021")
        static let host = Key(
            "host", .text(maxBytes: 253, hasVariables: false),
            "The host of its shutdown endpoint; left out, 127.0.0.1.", example: "'::1'")

        package static let declaration = MappingDeclaration(
            "shutdown", "A preset with another port or host.",
            constraints: [
                .valueExcludes(
                    key: preset.name, values: Preset.all.filter { !$0.makesRequest }.map(\.name),
                    [port.name, host.name])
            ],
            [preset.declaration, port.declaration, host.declaration])
    }

    package enum Signal {
        static let process = Key(
            "process", .mapping(Process.declaration), "Which processes get it.", example: "{name: '^envoy$'}")
        static let pid = Key("pid", Process.pid.declaration.type, "Short for `process: {pid: …}`.", example: "17")
        static let pidFile = Key(
            "pidFile", Process.pidFile.declaration.type, "Short for `process: {pidFile: …}`.", example: "/run/x.pid")
        static let signal = Key(
            "signal", .signal, default: ConfigModel.Signal(number: 15), "SIGTERM", "Which signal is sent.",
            example: "SIGINT")

        package static let declaration = MappingDeclaration(
            "signal", "One signal to every process that is meant, through pidfds, so that a reused pid is never hit.",
            alternatives: [process.name, pid.name, pidFile.name],
            [process.declaration, pid.declaration, pidFile.declaration, signal.declaration])
    }

    package enum Process {
        static let pid = Key("pid", .integer(1...4_194_304), "The one process of this pid.", example: "17")
        static let pidFile = Key(
            "pidFile", .absolutePath(hasVariables: false), "The one process whose pid stands in this file.",
            example: "/run/x.pid")

        package static let declaration = MappingDeclaration(
            "process reference", "A selector as in `watch.processes`, or one process by pid or pidFile.",
            constraints: [
                .oneGroup([Selector.conditions, [pid.name], [pidFile.name]]),
                .excludes(pid.name, [Selector.ignoreCase.name]), .excludes(pidFile.name, [Selector.ignoreCase.name]),
            ],
            Selector.declaration.keys + [pid.declaration, pidFile.declaration])
    }

    package enum Touch {
        static let path = Key(
            "path", .absolutePath(hasVariables: true), isRequired: true,
            "The file; never followed when it is a symbolic link.", example: "/shared/done")
        static let createDirectories = Key(
            "createDirectories", default: false, "Makes the directories above it that are missing.")
        static let mode = Key(
            "mode", .fileMode, default: UInt32(0o644), "'0644'", "The permission bits of a file that is created.",
            example: "'0600'")

        package static let declaration = MappingDeclaration(
            "touch", "A file to create or to update.",
            [path.declaration, createDirectories.declaration, mode.declaration])
    }

    package enum Exec {
        static let command = Key(
            "command", .list(.text(maxBytes: 131_071, hasVariables: false), count: 1...256), isRequired: true,
            "The program and its arguments; a name without a slash is looked up in PATH.",
            example: "[/bin/flush, --now]")

        package static let declaration = MappingDeclaration(
            "exec", "A program to run; its output goes to Knell's standard error.", [command.declaration])
    }

    package enum Retry {
        static let attempts = Key(
            "attempts", .integer(1...100), default: 3, "3", "Attempts in all.", example: "5")
        static let delay = Key(
            "delay", .milliseconds(1)...Duration.seconds(3_600), default: .milliseconds(500),
            "The pause before the second attempt; it doubles from attempt to attempt, give or take a fifth.",
            example: "1s")
        static let maxDelay = Key(
            "maxDelay", .milliseconds(1)...Duration.seconds(3_600), default: .seconds(10), "The longest pause.",
            example: "30s")

        package static let declaration = MappingDeclaration(
            "retry", "How often, and how far apart, an action is tried.",
            [attempts.declaration, delay.declaration, maxDelay.declaration])
    }

    package enum ThenGone {
        static let process = Key(
            "process", .mapping(Process.declaration),
            "Which processes must be gone; for `signal` it may be left out and is then the one that was signalled.",
            example: "{name: '^envoy$'}")
        static let within = Key(
            "within", .duration(.milliseconds(1)...Keys.day), isRequired: true,
            "The longest that is waited after the action itself has succeeded.", example: "10s")

        package static let declaration = MappingDeclaration(
            "thenGone", "Holds the action back until processes are gone.", [process.declaration, within.declaration])
    }

    /// The top of a configuration.
    package static var configuration: MappingDeclaration { Document.declaration }
    /// Where the value of a header may come from.
    package static var headerValue: MappingDeclaration { Header.declaration }

    /// All mappings, in the order of the reference.
    package static let all: [MappingDeclaration] = [
        Document.declaration, Rule.declaration, Watch.declaration, Selector.declaration, Action.declaration,
        HTTP.declaration, Header.declaration, TLS.declaration, Shutdown.declaration, Signal.declaration,
        Process.declaration, Touch.declaration, Exec.declaration, ThenGone.declaration, Retry.declaration,
        ExitCode.declaration,
    ]
}
