extension Action {
    /// What the step does, in the words of a log: `POST http://127.0.0.1:15020/quitquitquit`.
    ///
    /// Without the query of a URL and without the arguments of a program, either of which may be secret.
    package var deed: String {
        switch kind {
        case .http(let request):
            "\(request.method) \(request.url.text.prefix { $0 != "?" })"
        case .signal(let request): "send \(request.signal) to \(request.process)"
        case .touch(let request): "touch \(request.path)"
        case .exec(let request): "run \(request.command.first ?? "")"
        case .sleep(let duration): "wait \(duration.configText)"
        }
    }
}

extension ProcessReference: CustomStringConvertible {
    /// The reference as the configuration writes it.
    package var description: String {
        switch self {
        case .matching(let selector): "\(selector)"
        case .pid(let pid): "pid: \(pid)"
        case .pidFile(let path): "pidFile: \(path)"
        }
    }
}
