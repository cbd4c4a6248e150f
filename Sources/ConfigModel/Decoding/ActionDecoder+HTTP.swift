extension ActionDecoder {
    func http(_ field: MappingReader.Field) -> HTTPConfiguration? {
        guard let reader = MappingReader(field.node, as: Keys.HTTP.declaration, at: field.path, in: context) else {
            return nil
        }
        reader.field(Keys.HTTP.body).map { context.diagnostics.hide($0.node) }
        let url = reader.field(Keys.HTTP.url).flatMap { field in
            context.string(field.node, field.path, "a URL").map { scalar in
                context.hideQuery(of: scalar)
                return Located(scalar.text, span: scalar.span, path: field.path)
            }
        }
        let configuration = HTTPConfiguration(
            url: url ?? Located("", span: reader.span, path: field.path),
            method: reader.field(Keys.HTTP.method).flatMap { context.method($0.node, $0.path) },
            headers: reader.field(Keys.HTTP.headers).map(headers) ?? [],
            body: reader.text(Keys.HTTP.body).map { $0.map(Secret.init) },
            expectStatus: reader.list(Keys.HTTP.expectStatus)?.compactMap { status($0.node, at: $0.path) },
            whenRefused: reader.choice(Keys.HTTP.whenRefused),
            whenDropped: reader.choice(Keys.HTTP.whenDropped),
            tls: reader.field(Keys.HTTP.tls).flatMap(tls))
        return url == nil ? nil : configuration
    }

    private func status(_ node: YAMLNode, at path: ConfigPath) -> StatusRange? {
        guard case .scalar(let scalar) = node, scalar.kind != .null else {
            return context.wrongType(node, path, "a status such as 204 or 2xx")
        }
        let text = Array(scalar.text.utf8)
        if text.count == 3, text[1...] == [120, 120], (49...53).contains(text[0]) {
            let first = Int(text[0] - 48) * 100
            return StatusRange(first...(first + 99))
        }
        if case .integer(let code) = scalar.kind, (100...599).contains(code) { return StatusRange(code...code) }
        context.report(
            .outOfRange, at: scalar.span, path,
            "\"\(scalar.text.prefix(32))\" is no status; write a number from 100 to 599, or a class such as 2xx")
        return nil
    }

    private func headers(_ field: MappingReader.Field) -> [(name: String, value: HTTPConfiguration.HeaderValue)] {
        guard case .mapping(let entries, _) = field.node else {
            context.diagnostics.hide(field.node)
            let none: Int? = context.wrongType(field.node, field.path, "a mapping of header names to values")
            return none.map { _ in [] } ?? []
        }
        guard case .map(_, let count) = field.type, count.contains(entries.count) else {
            context.diagnostics.hide(field.node)
            context.report(.outOfRange, at: field.keySpan, field.path, "there are more than 64 headers")
            return []
        }
        var seen: Set<String> = []
        var headers: [(name: String, value: HTTPConfiguration.HeaderValue)] = []
        for entry in entries {
            let name = entry.key.text
            let path = field.path.appending(String(name.prefix(64)))
            if let reason = reasonAgainst(headerName: name) {
                context.report(.invalidHeader, at: entry.key.span, field.path, reason)
            } else if !seen.insert(name.lowercased()).inserted {
                context.report(
                    .duplicateKey, at: entry.key.span, field.path,
                    "the header \"\(name.prefix(64))\" is there twice; case does not count")
            }
            if let value = headerValue(entry.value, at: path) { headers.append((name, value)) }
        }
        return headers
    }

    /// Why a header may not be set; `nil` when it may.
    private func reasonAgainst(headerName name: String) -> String? {
        let isToken = { (byte: UInt8) in
            (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy(isToken) else {
            return "a header's name holds letters, numbers and - only"
        }
        switch name.lowercased() {
        case "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer":
            return "\"\(name)\" belongs to the connection, which is Knell's; remove it"
        default: return nil
        }
    }

    private func headerValue(_ node: YAMLNode, at path: ConfigPath) -> HTTPConfiguration.HeaderValue? {
        guard case .mapping = node else {
            context.diagnostics.hide(node)
            return context.text(node, path, maxBytes: Limits.headerValueBytes).map { .text($0.map(Secret.init)) }
        }
        guard let reader = MappingReader(node, as: Keys.Header.declaration, at: path, in: context) else { return nil }
        if reader.contains(Keys.Header.fromFile) {
            return reader.absolutePath(Keys.Header.fromFile).map { .fromFile($0.value) }
        }
        return reader.text(Keys.Header.fromEnv).map { .fromEnv($0) }
    }

    private func tls(_ field: MappingReader.Field) -> Located<HTTPConfiguration.TLS>? {
        guard let reader = MappingReader(field.node, as: Keys.TLS.declaration, at: field.path, in: context) else {
            return nil
        }
        for (key, other) in [
            (Keys.TLS.certificateFile, Keys.TLS.keyFile), (Keys.TLS.keyFile, Keys.TLS.certificateFile),
        ] {
            if let given = reader.field(key), !reader.contains(other) {
                context.report(
                    .missingKey, at: given.keySpan, field.path, "\"\(key.name)\" needs \"\(other.name)\" beside it")
            }
        }
        let settings = HTTPConfiguration.TLS(
            caFile: reader.absolutePath(Keys.TLS.caFile)?.value,
            certificateFile: reader.absolutePath(Keys.TLS.certificateFile)?.value,
            keyFile: reader.absolutePath(Keys.TLS.keyFile)?.value,
            insecureSkipVerify: reader.boolean(Keys.TLS.insecureSkipVerify))
        return Located(settings, span: field.keySpan, path: field.path)
    }
}
