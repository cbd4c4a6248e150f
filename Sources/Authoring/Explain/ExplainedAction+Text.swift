internal import ConfigModel

extension ExplainedAction {
    /// Whether a failure of the action shows in the exit code.
    var countsWhenItFails: Bool { timeout != nil && onFailure.value != .ignore }

    /// What is done, in one line.
    var head: Prose {
        guard let expansion else { return deedPhrase }
        return .of("shutdown: \(expansion.preset.name),".prose, "which tells \(expansion.preset.product) to quit".prose)
    }

    private var deedPhrase: Prose {
        switch kind {
        case .http(let request):
            .of(
                .value(request.method) { $0 }, .verbatim(request.url),
                request.hasQuery ? "and a query, which is not shown" : "")
        case .signal(let process, let signal): .of("send", .value(signal) { $0.description }, "to", process.phrase)
        case .touch(let path, _, _): .of("touch", .verbatim(path))
        case .exec(let program, let count):
            .of(
                "run", .verbatim(program),
                count == 0 ? "" : "with \(count) \(count == 1 ? "argument" : "arguments"), not shown,".prose,
                "without a shell")
        case .sleep(let duration): "wait \(duration.configText)".prose
        }
    }

    /// How it is done, and what follows from its end.
    var details: EntryList {
        var list = EntryList()
        if let expansion { addExpansion(expansion, to: &list) }
        switch kind {
        case .http(let request): request.add(to: &list, isRetried: retry.map { $0.attempts.value > 1 } ?? false)
        case .touch(_, let createDirectories, let mode):
            list.add(
                "file",
                .of(
                    "where it is missing, it is created with the mode",
                    .value(mode) { "0" + String($0, radix: 8) }, "; where its directory is missing,",
                    .value(createDirectories) { $0 ? "that is made too" : "the action fails" }))
        case .signal: list.add("rights", "takes the same user as the process has, or CAP_KILL")
        case .exec, .sleep: break
        }
        if let thenGone {
            list.add(
                "then",
                .of(
                    "succeeds only once", .phrase(of: thenGone.process, \.phrase),
                    "is gone, \(thenGone.within.configText) later at the latest".prose))
        }
        if let timeout, let retry { list.add("tries", tries(timeout, retry)) }
        list.add("runs", runs)
        if timeout != nil { list.add("failure", failure) }
        return list
    }

    private func addExpansion(_ expansion: Expansion, to list: inout EntryList) {
        list.add("does", deedPhrase)
        if let port = expansion.port, let host = expansion.host {
            list.add("endpoint", .of("port", .value(port) { String($0) }, "on", .value(host) { $0 }))
        }
        list.add("assumes", Prose(expansion.preset.assumes))
    }

    private func tries(_ timeout: Stated<Duration>, _ retry: Retry) -> Prose {
        let once = Prose.of("at most", .value(timeout) { $0.configText }, retry.attempts.value == 1 ? "" : "each")
        guard retry.attempts.value > 1 else { return .of(.value(retry.attempts) { _ in "once" }, ",", once) }
        return .of(
            .value(retry.attempts) { "\($0) times" }, ",", once, "; pauses of", .value(retry.delay) { $0.configText },
            ", doubling up to", .value(retry.maxDelay) { $0.configText },
            "; \(longestTime.configText) at the longest".prose)
    }

    private var runs: Prose {
        if when.value.count == Outcome.allCases.count { return .value(when) { _ in "whatever the outcome" } }
        return .of("only when the outcome is", Prose(when.value.map(\.name).joined(separator: " or ")))
    }

    private var failure: Prose {
        .value(onFailure) { policy in
            switch policy {
            case .continue: "the next actions run, and the rule counts as failed"
            case .stop: "the next actions are skipped, and the rule counts as failed"
            case .ignore: "the next actions run, and it does not count"
            }
        }
    }
}

extension ExplainedRequest {
    fileprivate func add(to list: inout EntryList, isRetried: Bool) {
        var sent: [Prose] = headers.map { header in
            let name = Prose.of("header", .verbatim(header.name))
            return switch header.source {
            case .text: name
            case .file(let path): .of(name, "from", .verbatim(path))
            case .variable(let variable): .of(name, "from the variable", .verbatim(variable))
            }
        }
        if bodyBytes > 0 { sent.append("a body of \(bodyBytes) bytes".prose) }
        if !sent.isEmpty { list.add("sends", .list(sent, separator: ",")) }
        if let tls { list.add("tls", tls.phrase) }
        list.add(
            "succeeds",
            .of(
                "on", .value(expectStatus) { $0.map(\.text).joined(separator: ", ") },
                isRetried ? "; tried again on other 5xx, 408, 429" : ""))
        list.add(
            "refused",
            .of(
                "still refused at the last attempt:",
                .value(whenRefused) { $0 == .fail ? "a failure" : "a success, since nothing is there to stop" }))
        list.add(
            "dropped",
            .of(
                "closed before an answer:",
                .value(whenDropped) {
                    $0 == .fail ? (isRetried ? "a failure, tried again" : "a failure") : "a success at once"
                }))
        for hint in hints { list.add("on \(hint.status)", Prose(hint.advice)) }
    }
}

extension HTTPConfiguration.TLS {
    fileprivate var phrase: Prose {
        var parts: [Prose] = []
        if let caFile { parts.append(.of("trusts", .verbatim(caFile))) }
        if let certificateFile { parts.append(.of("shows", .verbatim(certificateFile))) }
        if let keyFile { parts.append(.of("with the key", .verbatim(keyFile))) }
        parts.append(
            .value(Stated(insecureSkipVerify ?? false, written: insecureSkipVerify)) {
                $0 ? "trusts any certificate" : "certificates are verified"
            })
        return .list(parts, separator: ",")
    }
}

extension String {
    fileprivate var prose: Prose { Prose(self) }
}
