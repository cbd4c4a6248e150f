/// A configuration as it is written: typed, but with defaults, presets, users and variables still open.
package struct Configuration: Sendable {
    package let onTerminate: Plan.TerminationPolicy?
    package let terminationTimeout: Duration?
    package let rules: [RuleConfiguration]
}

/// One rule as written.
package struct RuleConfiguration: Sendable {
    package let name: Located<String>
    package let targets: [SelectorConfiguration]
    package let until: Rule.EndCondition?
    package let startTimeout: Duration?
    package let onStartTimeout: Rule.StartTimeoutPolicy?
    package let gracePeriod: Duration?
    package let actions: [ActionConfiguration]
    package let exitCode: ExitCodeConfiguration?
    package let isFinal: Bool?
    package let repeats: Bool?
}

/// The exit codes as written.
package struct ExitCodeConfiguration: Sendable {
    package var ended: ExitCodes.Ended?
    package var actionFailed: Int32?
    package var notStarted: Int32?
    package var terminated: Int32?
    package var unknown: Int32?
}

/// A selector as written.
package struct SelectorConfiguration: Sendable {
    /// A user by number, or by a name that is resolved where Knell runs.
    package enum User: Hashable, Sendable {
        case id(UInt32)
        case name(String)
    }

    package let name: Pattern?
    package let commandLine: Pattern?
    package let executable: Pattern?
    package let user: Located<User>?
    package let ignoreCase: Bool?
}

/// The processes of an action, as written.
package enum ProcessReferenceConfiguration: Sendable {
    case matching(SelectorConfiguration)
    case pid(Int32)
    case pidFile(String)
}

/// An action as written.
package struct ActionConfiguration: Sendable {
    /// What the action does.
    package enum Kind: Sendable {
        case http(HTTPConfiguration)
        case shutdown(ShutdownConfiguration)
        case signal(ProcessReferenceConfiguration, Signal?)
        case touch(path: Located<String>, createDirectories: Bool?, mode: UInt32?)
        case exec([String])
        case sleep(Duration)

        /// The key of the kind.
        var name: String {
            switch self {
            case .http: Keys.Action.http.name
            case .shutdown: Keys.Action.shutdown.name
            case .signal: Keys.Action.signal.name
            case .touch: Keys.Action.touch.name
            case .exec: Keys.Action.exec.name
            case .sleep: Keys.Action.sleep.name
            }
        }
    }

    /// How often it is tried, as written.
    package struct Retry: Sendable {
        package let attempts: Int?
        package let delay: Duration?
        package let maxDelay: Duration?
    }

    /// Which processes must be gone, as written.
    package struct ThenGone: Sendable {
        package let process: ProcessReferenceConfiguration?
        package let within: Duration
        let span: SourceSpan
        let path: ConfigPath
    }

    package let kind: Kind
    package let timeout: Duration?
    package let retry: Retry?
    package let when: Set<Outcome>?
    package let onFailure: Action.FailurePolicy?
    package let thenGone: ThenGone?
}

/// An HTTP action as written.
package struct HTTPConfiguration: Sendable {
    /// A header's value as written.
    package enum HeaderValue: Sendable {
        case text(Located<Secret>)
        case fromFile(String)
        case fromEnv(Located<String>)
    }

    /// Trust and identity as written.
    package struct TLS: Sendable {
        package let caFile: String?
        package let certificateFile: String?
        package let keyFile: String?
        package let insecureSkipVerify: Bool?
    }

    package let url: Located<String>
    package let method: String?
    package let headers: [(name: String, value: HeaderValue)]
    package let body: Located<Secret>?
    package let expectStatus: [StatusRange]?
    package let whenRefused: HTTPRequest.AbsencePolicy?
    package let whenDropped: HTTPRequest.AbsencePolicy?
    package let tls: Located<TLS>?
}

/// A preset as written.
package struct ShutdownConfiguration: Sendable {
    package let preset: Preset
    package let port: Located<Int>?
    package let host: Located<String>?
}
