extension Keys {
    /// Every key of scenarios, which `knell simulate` reads; declared once, as the configuration's are.
    package enum Scenario {
        /// The longest time that a scenario may speak of.
        static let time = Duration.zero...Limits.longestDuration

        package enum Document {
            static let version = Key("version", .version, isRequired: true, "The version of this format.", example: "1")
            static let description = Key(
                "description", .text(maxBytes: 4_096, hasVariables: false), "What the scenario is about, for readers.",
                example: "the main process fails")
            static let seed = Key(
                "seed", .integer(0...Int.max), default: UInt64(1), "1",
                "Decides the jitter of retries; the same seed gives the same run.", example: "7")
            static let timeLimit = Key(
                "timeLimit", .duration(.milliseconds(1)...Limits.longestDuration),
                "When the simulation ends at the latest; left out, 24h after the last time that the scenario names.",
                example: "30m")
            static let variables = Key(
                "variables", .map(.text(maxBytes: 65_536, hasVariables: false), count: 0...256), default: (), "{}",
                "The environment variables that the configuration sees; those of the machine count for nothing.",
                example: "{POD_NAME: nightly-1}")
            static let users = Key(
                "users", .map(.integer(0...Int(UInt32.max - 1)), count: 0...256), default: (), "{}",
                "User names and their uids, for configuration and scenario; `root` is always 0.",
                example: "{airflow: 50000}")
            static let processes = Key(
                "processes", .list(.mapping(Process.declaration), count: 0...1_000), default: (), "[]",
                "The processes of the pod.", example: "[{name: report, runsFor: 30s}]")
            static let endpoints = Key(
                "endpoints", .list(.mapping(Endpoint.declaration), count: 0...256), default: (), "[]",
                "What answers requests.", example: "[{url: 'http://127.0.0.1:15020/quitquitquit'}]")
            static let files = Key(
                "files", .list(.mapping(File.declaration), count: 0...256), default: (), "[]",
                "Files about which there is something to say; every other file can be touched.",
                example: "[{path: /shared/done, fails: the file system is read-only}]")
            static let programs = Key(
                "programs", .list(.mapping(Program.declaration), count: 0...256), default: (), "[]",
                "What `exec` actions come to; every other program exits with 0 at once.",
                example: "[{command: /bin/flush, exitCode: 1}]")
            static let events = Key(
                "events", .list(.mapping(Event.declaration), count: 0...256), default: (), "[]",
                "What else happens, and when.", example: "[{at: 40s, signal: SIGTERM}]")
            static let expect = Key(
                "expect", .mapping(Expect.declaration), "What must come of it; left out, the timeline is only printed.",
                example: "{exitCode: 0}")

            package static let declaration = MappingDeclaration(
                "scenario", "The whole file.",
                [
                    version.declaration, description.declaration, seed.declaration, timeLimit.declaration,
                    variables.declaration, users.declaration, processes.declaration, endpoints.declaration,
                    files.declaration, programs.declaration, events.declaration, expect.declaration,
                ])
        }

        /// How something ends: at most one of the three.
        package enum End {
            static let exitCode = Key(
                "exitCode", .exitCode, "Exits with this code.", example: "3")
            static let signal = Key("signal", .signal, "Is killed by this signal.", example: "SIGKILL")
            static let exitStatus = Key(
                "exitStatus", .choice(["unknown"]), "`unknown`: ends in a way that Knell cannot learn.",
                example: "unknown")

            static let declarations = [exitCode.declaration, signal.declaration, exitStatus.declaration]
        }

        package enum Process {
            static let name = Key(
                "name", .text(maxBytes: 255, hasVariables: false), isRequired: true,
                "The name of the process; the kernel keeps 15 bytes of it, and the arguments complete it.",
                example: "report")
            static let commandLine = Key(
                "commandLine", .text(maxBytes: 4_096, hasVariables: false),
                "The arguments, joined by one space; left out, the name alone.", example: "python -m report --daily")
            static let executable = Key(
                "executable", .absolutePath(hasVariables: false),
                "The path of the program; left out, the first argument where that is a path.",
                example: "/usr/bin/python3.12")
            static let user = Key(
                "user", .user, "The user that it runs as, a name of `users` or a uid; left out, 0.", example: "50000")
            static let pid = Key(
                "pid", .integer(2...4_194_304), "Its pid, unique in the scenario; left out, a free one from 100 on.",
                example: "17")
            static let parent = Key(
                "parent", .either(.text(maxBytes: 255, hasVariables: false), .integer(2...4_194_304)),
                "The parent, by the name or the pid of another process of the scenario; left out, none of them.",
                example: "report")
            static let startsAt = Key("startsAt", time, default: .zero, "When it starts.", example: "5s")
            static let endsAt = Key(
                "endsAt", .duration(time), "When it ends by itself; left out, it lives until something ends it.",
                example: "30s")
            static let runsFor = Key(
                "runsFor", .duration(time), "In place of `endsAt`: how long it lives.", example: "25s")
            static let onSignal = Key(
                "onSignal", .map(.either(.choice(Reaction.words), .mapping(Reaction.declaration)), count: 0...64),
                default: (), "{}",
                "What it does when it is signalled: `ignore`, `denied` (Knell may not signal it), or how it ends; left out, what the kernel does.",
                example: "{SIGTERM: {endsAfter: 2s, exitCode: 143}}")
            static let restarts = Key(
                "restarts", .list(.mapping(Restart.declaration), count: 0...100), default: (), "[]",
                "Its further lives, each after the end of the one before it, whatever ended that.",
                example: "[{after: 1s, runsFor: 20s}]")

            package static let declaration = MappingDeclaration(
                "simulated process",
                "One process: what Knell sees of it, when it lives, and how it ends: with 0, where nothing is said of that.",
                [
                    name.declaration, commandLine.declaration, executable.declaration, user.declaration,
                    pid.declaration, parent.declaration, startsAt.declaration, endsAt.declaration, runsFor.declaration,
                ] + End.declarations + [onSignal.declaration, restarts.declaration])
        }

        package enum Reaction {
            static let words = ["ignore", "denied"]
            static let endsAfter = Key(
                "endsAfter", time, default: .zero, "How long after the signal it ends.", example: "2s")

            package static let declaration = MappingDeclaration(
                "reaction", "How a process ends that was signalled; without a status, by that very signal.",
                [endsAfter.declaration] + End.declarations)
        }

        package enum Restart {
            static let after = Key(
                "after", time, default: .zero, "How long after the end of the former life it starts.", example: "1s")
            static let runsFor = Key(
                "runsFor", .duration(time), "How long it lives; left out, until something ends it.", example: "20s")

            package static let declaration = MappingDeclaration(
                "restart",
                "A further life of a process, with a pid of its own; it ends with 0 where nothing is said of that.",
                [after.declaration, runsFor.declaration] + End.declarations)
        }

        package enum Endpoint {
            static let url = Key(
                "url", .url, isRequired: true,
                "The URL, compared whole. What listens at the same host and port answers 404 to others.",
                example: "http://127.0.0.1:15020/quitquitquit")
            static let method = Key(
                "method", .method, "The only method that it takes, 405 for others; left out, every one.",
                example: "POST")
            static let answers = Key(
                "answers", .list(.either(Answer.status.declaration.type, .mapping(Answer.declaration)), count: 1...100),
                default: [SimulatedAnswer(.status(200))], "[200]",
                "The answers to one request after the other; the last one repeats.", example: "[refused, 503, 200]")
            static let servedBy = Key(
                "servedBy", .text(maxBytes: 255, hasVariables: false),
                "The process that listens there: requests are refused while it does not live.", example: "envoy")
            static let stops = Key(
                "stops", .list(.either(Stop.process.declaration.type, .mapping(Stop.declaration)), count: 0...64),
                default: (), "[]",
                "The processes that end because of an answer of 2xx, each in its own way.", example: "[envoy]")

            package static let declaration = MappingDeclaration(
                "endpoint", "Something that answers requests. Where none listens, they are refused.",
                [
                    url.declaration, method.declaration, answers.declaration, servedBy.declaration, stops.declaration,
                ])
        }

        package enum Answer {
            static let words = SimulatedAnswer.Kind.words
            static let status = Key(
                "status", .either(.integer(100...599), .choice(words)), isRequired: true,
                "A status; or the connection is refused, dropped before an answer, or open until the attempt's timeout.",
                example: "503")
            static let after = Key("after", time, default: .zero, "How long the answer takes.", example: "30ms")

            package static let declaration = MappingDeclaration(
                "answer", "One answer that takes its time.", [status.declaration, after.declaration])
        }

        package enum Stop {
            static let process = Key(
                "process", .text(maxBytes: 255, hasVariables: false), isRequired: true, "The name of the process.",
                example: "envoy")
            static let after = Key(
                "after", time, default: .zero, "How long after the answer it ends.", example: "2s")

            package static let declaration = MappingDeclaration(
                "stop", "A process that ends some time after the answer.", [process.declaration, after.declaration])
        }

        package enum File {
            static let path = Key(
                "path", .absolutePath(hasVariables: true), isRequired: true, "The file.", example: "/shared/done")
            static let fails = Key(
                "fails", .text(maxBytes: 1_024, hasVariables: false), "Why it cannot be touched.",
                example: "the file system is read-only")
            static let pidOf = Key(
                "pidOf", .text(maxBytes: 255, hasVariables: false),
                "A pid file: it holds the pid of this process while that lives, and is missing otherwise.",
                example: "envoy")

            package static let declaration = MappingDeclaration(
                "file", "A file that cannot be touched, or a pid file.", alternatives: [fails.name, pidOf.name],
                [path.declaration, fails.declaration, pidOf.declaration])
        }

        package enum Program {
            static let command = Key(
                "command", .text(maxBytes: 4_095, hasVariables: false), isRequired: true,
                "The first word of the action's `command`.", example: "/bin/flush")
            static let runsFor = Key("runsFor", time, default: .zero, "How long it runs.", example: "2s")
            static let fails = Key(
                "fails", .text(maxBytes: 1_024, hasVariables: false), "Why it cannot be run at all.",
                example: "there is no such program")

            package static let declaration = MappingDeclaration(
                "program", "What an `exec` action comes to: exit code 0, where nothing else is said.",
                [command.declaration, runsFor.declaration] + End.declarations + [fails.declaration])
        }

        package enum Event {
            static let at = Key("at", .duration(time), isRequired: true, "When it happens.", example: "40s")
            static let signal = Key(
                "signal", .signal, "Knell gets SIGTERM, SIGINT or SIGHUP; with `to`, processes get any signal.",
                example: "SIGTERM")
            static let to = Key(
                "to", .list(.text(maxBytes: 255, hasVariables: false), count: 1...64),
                "The processes that get the signal; left out, Knell.", example: "[report]")
            static let configuration = Key(
                "configuration", .text(maxBytes: Limits.pathBytes, hasVariables: false),
                "The configuration is replaced by this file; a relative path begins at the scenario's directory.",
                example: "istio-changed.yaml")
            static let procUnreadable = Key(
                "procUnreadable", .duration(.milliseconds(1)...Duration.seconds(3_600)),
                "How long /proc cannot be read from then on.", example: "2s")

            package static let declaration = MappingDeclaration(
                "event", "One thing that happens.",
                alternatives: [signal.name, configuration.name, procUnreadable.name],
                [
                    at.declaration, signal.declaration, to.declaration, configuration.declaration,
                    procUnreadable.declaration,
                ])
        }

        /// All mappings, in the order of the reference.
        package static let all: [MappingDeclaration] = [
            Document.declaration, Process.declaration, Reaction.declaration, Restart.declaration, Endpoint.declaration,
            Answer.declaration, Stop.declaration, File.declaration, Program.declaration, Event.declaration,
            Expect.declaration, ExpectedEvent.declaration, ExpectedRequest.declaration, ExpectedSignal.declaration,
            ExpectedProgram.declaration,
        ]
    }
}
