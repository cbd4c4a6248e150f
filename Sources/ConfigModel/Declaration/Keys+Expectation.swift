extension Keys.Scenario {
    private static let count = 0...1_000_000

    package enum Expect {
        static let exitCode = Key("exitCode", .exitCode, "The code that Knell exits with.", example: "0")
        static let finishesBy = Key(
            "finishesBy", .duration(time), "The latest time at which Knell exits.", example: "2m")
        static let finished = Key(
            "finished", .boolean, "Whether every rule is finished at the end.", example: "true")
        static let events = Key(
            "events", .list(.mapping(ExpectedEvent.declaration), count: 0...256), default: (), "[]",
            "What the timeline holds, in this order; more may stand between.",
            example: "[{event: rule.fired, outcome: failed}]")
        static let never = Key(
            "never", .list(.mapping(ExpectedEvent.declaration), count: 0...256), default: (), "[]",
            "What the timeline does not hold.", example: "[{event: action.failed}]")
        static let requests = Key(
            "requests", .list(.mapping(ExpectedRequest.declaration), count: 0...256), default: (), "[]",
            "How often URLs were called.", example: "[{url: 'http://127.0.0.1:15020/quitquitquit', count: 2}]")
        static let touched = Key(
            "touched", .list(.absolutePath(hasVariables: true), count: 0...256),
            "The files that were touched, all of them; `[]` means none.", example: "[/shared/done]")
        static let signals = Key(
            "signals", .list(.mapping(ExpectedSignal.declaration), count: 0...256), default: (), "[]",
            "How often processes were signalled by Knell.", example: "[{process: envoy, signal: SIGTERM}]")
        static let programs = Key(
            "programs", .list(.mapping(ExpectedProgram.declaration), count: 0...256), default: (), "[]",
            "How often programs were run.", example: "[{command: /bin/flush}]")

        package static let declaration = MappingDeclaration(
            "expectations",
            "What must come of the simulation; each that does not hold is told, and the exit code is 1.",
            [
                exitCode.declaration, finishesBy.declaration, finished.declaration, events.declaration,
                never.declaration, requests.declaration, touched.declaration, signals.declaration,
                programs.declaration,
            ])
    }

    package enum ExpectedEvent {
        static let event = Key(
            "event", .text(maxBytes: 64, hasVariables: false), isRequired: true, "The event's name.",
            example: "rule.fired")
        static let rule = Key("rule", .dnsLabel, "The name of the rule.", example: "stop-the-mesh")
        static let target = Key("target", .integer(0...31), "The index of the target.", example: "0")
        static let name = Key(
            "name", .text(maxBytes: 255, hasVariables: false), "The name of the process.", example: "report")
        static let action = Key(
            "action", .text(maxBytes: 64, hasVariables: false), "The action's index and kind.", example: "0/shutdown")
        static let attempt = Key("attempt", .integer(1...100), "The number of the attempt.", example: "2")
        static let status = Key("status", .integer(100...599), "The HTTP status.", example: "503")
        static let exitCode = Key("exitCode", .exitCode, "The exit code of a process, a rule or the run.", example: "3")
        static let signal = Key(
            "signal", .signal, "The signal that ended a process, or came to Knell.", example: "SIGKILL")
        static let outcome = Key(
            "outcome", .choice(Outcome.allCases.map(\.name)), "The outcome of the rule.", example: "failed")
        static let at = Key("at", .duration(time), "The very time.", example: "30s")
        static let after = Key("after", .duration(time), "The earliest time.", example: "30s")
        static let before = Key("before", .duration(time), "The latest time.", example: "1m")

        package static let declaration = MappingDeclaration(
            "expected event",
            "An event of the timeline: every key that is given must be as it says. [events.md](events.md) lists the events.",
            [
                event.declaration, rule.declaration, target.declaration, name.declaration, action.declaration,
                attempt.declaration, status.declaration, exitCode.declaration, signal.declaration, outcome.declaration,
                at.declaration, after.declaration, before.declaration,
            ])
    }

    package enum ExpectedRequest {
        static let url = Key(
            "url", .url, isRequired: true, "The URL, compared whole.", example: "http://127.0.0.1:15020/quitquitquit")
        static let method = Key("method", .method, "The method; left out, any.", example: "POST")
        static let count = Key(
            "count", .integer(Keys.Scenario.count), default: 1, "1", "The number of requests, each attempt being one.",
            example: "3")

        package static let declaration = MappingDeclaration(
            "expected request", "How often a URL was called.",
            [url.declaration, method.declaration, count.declaration])
    }

    package enum ExpectedSignal {
        static let process = Key(
            "process", .text(maxBytes: 255, hasVariables: false), isRequired: true, "The name of the process.",
            example: "envoy")
        static let signal = Key("signal", .signal, "The signal; left out, any.", example: "SIGTERM")
        static let count = Key(
            "count", .integer(Keys.Scenario.count), default: 1, "1", "The number of signals.", example: "0")

        package static let declaration = MappingDeclaration(
            "expected signal", "How often a process was signalled by an action.",
            [process.declaration, signal.declaration, count.declaration])
    }

    package enum ExpectedProgram {
        static let command = Key(
            "command", .text(maxBytes: 4_095, hasVariables: false), isRequired: true,
            "The first word of the action's `command`.", example: "/bin/flush")
        static let count = Key(
            "count", .integer(Keys.Scenario.count), default: 1, "1", "The number of runs, each attempt being one.",
            example: "3")

        package static let declaration = MappingDeclaration(
            "expected program", "How often a program was run.", [command.declaration, count.declaration])
    }
}
