extension Validator {
    func request(_ http: HTTPConfiguration) -> HTTPRequest? {
        let headers = http.headers.compactMap { header in
            headerValue(header.value).map { HTTPRequest.Header(name: header.name, value: $0) }
        }
        let body = http.body.flatMap { expanded($0.map(\.revealed)) } ?? ""
        guard let url = url(http.url) else { return nil }
        if let tls = http.tls {
            if case .network(_, _, isTLS: true) = url.endpoint {
            } else {
                context.report(
                    .notApplicable, at: tls.span, tls.path, "\"tls\" applies to https only; write https:// or remove it"
                )
            }
        }
        return HTTPRequest(
            method: http.method ?? Keys.HTTP.method.defaultValue,
            url: url,
            headers: headers,
            body: Secret(body),
            expectedStatus: http.expectStatus ?? Keys.HTTP.expectStatus.defaultValue,
            whenRefused: http.whenRefused ?? Keys.HTTP.whenRefused.defaultValue,
            whenDropped: http.whenDropped ?? Keys.HTTP.whenDropped.defaultValue,
            tls: http.tls.map { tls($0.value) },
            hints: [])
    }

    private func tls(_ tls: HTTPConfiguration.TLS) -> TLSSettings {
        TLSSettings(
            caFile: tls.caFile, certificateFile: tls.certificateFile, keyFile: tls.keyFile,
            insecureSkipVerify: tls.insecureSkipVerify ?? Keys.TLS.insecureSkipVerify.defaultValue)
    }

    private func url(_ url: Located<String>) -> HTTPURL? {
        // A URL with an undefined variable is never called: it is an error, but for checks that call nothing.
        let text = expanded(url) ?? "https://undefined.invalid/"
        do throws(URLFault) {
            return try HTTPURL(parsing: text)
        } catch {
            if url.value.contains("@") { context.diagnostics.hide(url.span) }
            context.report(.invalidURL, at: url.span, url.path, "cannot use the URL: \(error.reason)")
            return nil
        }
    }

    private func headerValue(_ value: HTTPConfiguration.HeaderValue) -> HTTPRequest.HeaderValue? {
        switch value {
        case .fromFile(let path): return .fromFile(path)
        case .text(let text): return expanded(text.map(\.revealed)).flatMap { checked($0, at: text) }
        case .fromEnv(let name):
            guard let value = environment.variable(name.value) else {
                reportUndefined(
                    .undefinedVariable, at: name.span, name.path,
                    "the environment variable \"\(name.value.prefix(64))\" is not defined; define it \(environment.variablesPlace), or use fromFile"
                )
                return nil
            }
            return checked(value, at: name)
        }
    }

    /// A value that fits into one header line, RFC 9110 section 5.5; the message never quotes it.
    private func checked(_ value: String, at place: Located<some Any>) -> HTTPRequest.HeaderValue? {
        guard value.utf8.count <= Limits.headerValueBytes else {
            context.report(
                .invalidHeader, at: place.span, place.path, "the value is longer than \(Limits.headerValueBytes) bytes")
            return nil
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            context.report(
                .invalidHeader, at: place.span, place.path,
                "the value holds a line end or another control character; a header is one line")
            return nil
        }
        return .literal(Secret(value))
    }

    /// The action that a preset stands for.
    func expand(_ shutdown: ShutdownConfiguration) -> Action.Kind? {
        let preset = shutdown.preset
        switch preset.means {
        case .terminate(let name):
            guard let pattern = try? Pattern(name) else {
                preconditionFailure("the preset \(preset.name) has the invalid pattern \(name)")
            }
            let selector = ProcessSelector(name: pattern, commandLine: nil, executable: nil, userID: nil)
            return .signal(SignalRequest(process: .matching(selector), signal: Signal(number: 15)))
        case .touch(let path):
            // Without the product's volume there is nobody to see the file, and making the directory would hide that.
            return .touch(TouchRequest(path: path, createDirectories: false, mode: Keys.Touch.mode.defaultValue))
        case .post(let port, let path, let whenDropped):
            let host = shutdown.host?.value ?? "127.0.0.1"
            let colons = host.utf8.count { $0 == UInt8(ascii: ":") }
            let authority = colons > 0 && !host.hasPrefix("[") ? "[\(host)]" : host
            do throws(URLFault) {
                guard colons != 1 else {
                    throw URLFault(reason: "write a host name or an address alone; the port has a key of its own")
                }
                let url = try HTTPURL(parsing: "http://\(authority):\(shutdown.port?.value ?? port)\(path)")
                guard case .network(let named, _, _) = url.endpoint, authority == named || authority == "[\(named)]"
                else {
                    throw URLFault(reason: "write a host name or an address alone; the port has a key of its own")
                }
                return .http(
                    HTTPRequest(
                        method: "POST", url: url, headers: [], body: Secret(""),
                        expectedStatus: [StatusRange(200...299)],
                        whenRefused: .succeed, whenDropped: whenDropped, tls: nil, hints: preset.hints))
            } catch {
                if let host = shutdown.host {
                    context.report(.invalidURL, at: host.span, host.path, "cannot use the host: \(error.reason)")
                }
                return nil
            }
        }
    }
}
