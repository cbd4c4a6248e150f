internal import ConfigModel

/// An action: what it really does, and what was written of it. Holds no secret and no value of a variable.
struct ExplainedAction: Sendable {
    /// What the action does, presets expanded.
    enum Kind: Sendable {
        case http(ExplainedRequest)
        case signal(ExplainedReference, Stated<Signal>)
        case touch(path: String, createDirectories: Stated<Bool>, mode: Stated<UInt32>)
        /// The arguments may be secret: only their number is kept.
        case exec(program: String, argumentCount: Int)
        case sleep(Duration)
    }

    /// The preset that stands behind the action.
    struct Expansion: Sendable {
        let preset: Preset
        /// `nil` where the preset makes no request.
        let port: Stated<Int>?
        let host: Stated<String>?
    }

    /// How often it is tried.
    struct Retry: Sendable {
        let attempts: Stated<Int>
        let delay: Stated<Duration>
        let maxDelay: Stated<Duration>
    }

    /// Index and kind as written, such as `2/http`.
    let label: String
    let kind: Kind
    let expansion: Expansion?
    /// `nil` for a sleep, which cannot fail.
    let timeout: Stated<Duration>?
    let retry: Retry?
    /// In the order of precedence.
    let when: Stated<[Outcome]>
    let onFailure: Stated<Action.FailurePolicy>
    let thenGone: (process: Stated<ExplainedReference>, within: Duration)?
    let longestTime: Duration

    init(_ action: Action, written: ActionConfiguration) {
        label = action.label
        longestTime = action.longestTime
        when = Stated(Outcome.allCases.filter(action.runsWhen.contains), written: written.when)
        onFailure = Stated(action.onFailure, written: written.onFailure)
        kind = Self.kind(action.kind, written.kind)
        expansion = Self.expansion(written.kind)
        if case .sleep = action.kind {
            timeout = nil
            retry = nil
        } else {
            timeout = Stated(action.timeout, written: written.timeout)
            retry = Retry(
                attempts: Stated(action.retry.attempts, written: written.retry?.attempts),
                delay: Stated(action.retry.delay, written: written.retry?.delay),
                maxDelay: Stated(action.retry.maxDelay, written: written.retry?.maxDelay))
        }
        thenGone = written.thenGone.flatMap { condition in
            if let process = condition.process {
                return (Stated(ExplainedReference(process), written: process), condition.within)
            }
            guard case .signal(let process, _) = written.kind else { return nil }
            return (Stated(ExplainedReference(process), written: nil), condition.within)
        }
    }

    private static func kind(_ kind: Action.Kind, _ written: ActionConfiguration.Kind) -> Kind {
        switch (kind, written) {
        case (.http(let request), .http(let http)): return .http(ExplainedRequest(request, written: http))
        case (.http(let request), _): return .http(ExplainedRequest(request, written: nil))
        case (.signal(let request), .signal(let process, let signal)):
            return .signal(ExplainedReference(process), Stated(request.signal, written: signal))
        case (.signal(let request), _):
            // Of the presets' means: always by name.
            guard case .matching(let selector) = request.process, let name = selector.name else {
                preconditionFailure("a preset signals \(request.process)")
            }
            return .signal(
                .matching(ExplainedSelector(name: name.text)), Stated(request.signal, written: request.signal))
        case (.touch(let request), .touch(let path, let createDirectories, let mode)):
            return .touch(
                path: path.value, createDirectories: Stated(request.createDirectories, written: createDirectories),
                mode: Stated(request.mode, written: mode))
        case (.touch(let request), _):
            return .touch(
                path: request.path,
                createDirectories: Stated(request.createDirectories, written: request.createDirectories),
                mode: Stated(request.mode, written: request.mode))
        case (.exec(let request), _):
            return .exec(program: request.command.first ?? "", argumentCount: max(0, request.command.count - 1))
        case (.sleep(let duration), _): return .sleep(duration)
        }
    }

    private static func expansion(_ written: ActionConfiguration.Kind) -> Expansion? {
        guard case .shutdown(let shutdown) = written else { return nil }
        guard case .post(let port, _, _) = shutdown.preset.means else {
            return Expansion(preset: shutdown.preset, port: nil, host: nil)
        }
        return Expansion(
            preset: shutdown.preset, port: Stated(shutdown.port?.value ?? port, written: shutdown.port),
            host: Stated(shutdown.host?.value ?? "127.0.0.1", written: shutdown.host))
    }

    /// What it does in one phrase, such as `POST http://127.0.0.1:15020/quitquitquit`.
    var deed: String {
        switch kind {
        case .http(let request): "\(request.method.value) \(request.url)"
        case .signal(let process, let signal): "\(signal.value) to \(process.line)"
        case .touch(let path, _, _): "touch \(path)"
        case .exec(let program, let count):
            count == 0 ? "run \(program)" : "run \(program) with \(count) \(count == 1 ? "argument" : "arguments")"
        case .sleep(let duration): "wait \(duration.configText)"
        }
    }
}

/// A request: names and sizes of what is secret, never the values.
struct ExplainedRequest: Sendable {
    /// Where the value of a header comes from.
    enum HeaderSource: Sendable {
        case text
        case file(String)
        case variable(String)
    }

    let method: Stated<String>
    /// As written, variables not replaced, without its query.
    let url: String
    /// Whether a query was left out of ``url``.
    let hasQuery: Bool
    let headers: [(name: String, source: HeaderSource)]
    /// Of the text as written.
    let bodyBytes: Int
    let expectStatus: Stated<[StatusRange]>
    let whenRefused: Stated<HTTPRequest.AbsencePolicy>
    let whenDropped: Stated<HTTPRequest.AbsencePolicy>
    let tls: HTTPConfiguration.TLS?
    let hints: [HTTPRequest.Hint]

    /// `written` is `nil` where a preset stands behind the request: then nothing in it is a default of the file's.
    init(_ request: HTTPRequest, written: HTTPConfiguration?) {
        let text = written?.url.value ?? request.url.text
        url = String(text.prefix { $0 != "?" })
        hasQuery = text.contains("?")
        headers = (written?.headers ?? []).map { header in
            switch header.value {
            case .text: (header.name, .text)
            case .fromFile(let path): (header.name, .file(path))
            case .fromEnv(let name): (header.name, .variable(name.value))
            }
        }
        bodyBytes = written?.body?.value.revealed.utf8.count ?? 0
        let isPreset = written == nil
        method = Stated(request.method, written: isPreset ? request.method : written?.method)
        expectStatus = Stated(
            request.expectedStatus, written: isPreset ? request.expectedStatus : written?.expectStatus)
        whenRefused = Stated(request.whenRefused, written: isPreset ? request.whenRefused : written?.whenRefused)
        whenDropped = Stated(request.whenDropped, written: isPreset ? request.whenDropped : written?.whenDropped)
        tls = written?.tls?.value
        hints = request.hints
    }
}

extension StatusRange {
    /// As the configuration writes it: `2xx` or `204`.
    var text: String {
        codes.count == 100 ? "\(codes.lowerBound / 100)xx" : String(codes.lowerBound)
    }
}
