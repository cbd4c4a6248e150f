/// Decodes the entries of `actions`.
struct ActionDecoder {
    let context: DecodingContext
    let selectors: ConfigurationDecoder

    func action(_ node: YAMLNode, at path: ConfigPath) -> ActionConfiguration? {
        guard let reader = MappingReader(node, as: Keys.Action.declaration, at: path, in: context) else { return nil }
        let timeout = reader.duration(Keys.Action.timeout)
        let retry = reader.field(Keys.Action.retry).flatMap(retry)
        let when = reader.list(Keys.Action.when).map(outcomes)
        let onFailure = reader.choice(Keys.Action.onFailure)
        let thenGone = reader.field(Keys.Action.thenGone).flatMap(thenGone)
        guard let kind = kind(reader) else { return nil }
        reportWhatDoesNotApply(to: kind, reader)
        return ActionConfiguration(
            kind: kind, timeout: timeout, retry: retry, when: when, onFailure: onFailure, thenGone: thenGone)
    }

    private func reportWhatDoesNotApply(to kind: ActionConfiguration.Kind, _ reader: MappingReader) {
        if case .sleep = kind {
            let fields = [
                reader.field(Keys.Action.timeout), reader.field(Keys.Action.retry), reader.field(Keys.Action.thenGone),
            ]
            for field in fields.compactMap(\.self) {
                context.report(
                    .notApplicable, at: field.keySpan, field.path,
                    "\"sleep\" cannot fail, so this has no effect; remove it")
            }
            return
        }
        if case .signal = kind { return }
        if let field = reader.field(Keys.Action.thenGone), case .mapping(let entries, _) = field.node,
            !entries.contains(where: { $0.key.text == Keys.ThenGone.process.name })
        {
            context.report(
                .missingKey, at: field.keySpan, field.path,
                "say which processes must be gone, such as process: \(Keys.ThenGone.process.declaration.example)")
        }
    }

    private func kind(_ reader: MappingReader) -> ActionConfiguration.Kind? {
        if let field = reader.field(Keys.Action.http) { return http(field).map { .http($0) } }
        if let field = reader.field(Keys.Action.shutdown) { return shutdown(field).map { .shutdown($0) } }
        if let field = reader.field(Keys.Action.signal) { return signal(field) }
        if let field = reader.field(Keys.Action.touch) { return touch(field) }
        if let field = reader.field(Keys.Action.exec) { return exec(field) }
        return reader.duration(Keys.Action.sleep).map { .sleep($0) }
    }

    private func retry(_ field: MappingReader.Field) -> ActionConfiguration.Retry? {
        guard let reader = MappingReader(field.node, as: Keys.Retry.declaration, at: field.path, in: context) else {
            return nil
        }
        let delay = reader.duration(Keys.Retry.delay)
        let maxDelay = reader.duration(Keys.Retry.maxDelay)
        if let delay, let maxDelay, maxDelay < delay, let field = reader.field(Keys.Retry.maxDelay) {
            context.report(
                .outOfRange, at: field.node.span, field.path,
                "\(maxDelay.configText) is shorter than the first pause, delay: \(delay.configText)")
        }
        return ActionConfiguration.Retry(
            attempts: reader.integer(Keys.Retry.attempts)?.value, delay: delay, maxDelay: maxDelay)
    }

    private func outcomes(_ items: [(node: YAMLNode, path: ConfigPath)]) -> Set<Outcome> {
        let names = Outcome.allCases.map(\.name)
        return Set(
            items.compactMap { item in
                let name = context.choice(item.node, item.path, among: names, what: "outcome")
                return Outcome.allCases.first { $0.name == name }
            })
    }

    private func thenGone(_ field: MappingReader.Field) -> ActionConfiguration.ThenGone? {
        guard let reader = MappingReader(field.node, as: Keys.ThenGone.declaration, at: field.path, in: context),
            let within = reader.duration(Keys.ThenGone.within)
        else { return nil }
        let process = reader.field(Keys.ThenGone.process)
        let reference = process.flatMap(selectors.processReference)
        if process != nil, reference == nil { return nil }
        return ActionConfiguration.ThenGone(process: reference, within: within, span: field.keySpan, path: field.path)
    }

    private func shutdown(_ field: MappingReader.Field) -> ShutdownConfiguration? {
        if case .scalar = field.node {
            return preset(field).map { ShutdownConfiguration(preset: $0, port: nil, host: nil) }
        }
        guard let reader = MappingReader(field.node, as: Keys.Shutdown.declaration, at: field.path, in: context),
            let preset = reader.field(Keys.Shutdown.preset).flatMap(preset)
        else { return nil }
        if case .post = preset.means {
            return ShutdownConfiguration(
                preset: preset, port: reader.integer(Keys.Shutdown.port), host: reader.text(Keys.Shutdown.host))
        }
        for extra in [reader.field(Keys.Shutdown.port), reader.field(Keys.Shutdown.host)].compactMap(\.self) {
            context.report(
                .notApplicable, at: extra.keySpan, extra.path,
                "the preset \"\(preset.name)\" makes no request (\(preset.summary)); remove it")
        }
        return ShutdownConfiguration(preset: preset, port: nil, host: nil)
    }

    private func preset(_ field: MappingReader.Field) -> Preset? {
        context.choice(field.node, field.path, among: Preset.names, what: "preset")
            .flatMap { name in Preset.all.first { $0.name == name } }
    }

    private func signal(_ field: MappingReader.Field) -> ActionConfiguration.Kind? {
        guard let reader = MappingReader(field.node, as: Keys.Signal.declaration, at: field.path, in: context) else {
            return nil
        }
        let signal = reader.field(Keys.Signal.signal).flatMap { context.signal($0.node, $0.path) }
        return signalled(reader).map { .signal($0, signal) }
    }

    /// The processes of a signal: by `process`, or by its short forms.
    private func signalled(_ reader: MappingReader) -> ProcessReferenceConfiguration? {
        if let field = reader.field(Keys.Signal.process) { return selectors.processReference(field) }
        if reader.contains(Keys.Signal.pid) {
            return reader.integer(Keys.Signal.pid).map { .pid(Int32($0.value)) }
        }
        return reader.absolutePath(Keys.Signal.pidFile).map { .pidFile($0.value) }
    }

    private func touch(_ field: MappingReader.Field) -> ActionConfiguration.Kind? {
        if case .scalar = field.node {
            return context.absolutePath(field.node, field.path, hasVariables: true)
                .map { .touch(path: $0, createDirectories: nil, mode: nil) }
        }
        guard let reader = MappingReader(field.node, as: Keys.Touch.declaration, at: field.path, in: context),
            let path = reader.absolutePath(Keys.Touch.path)
        else { return nil }
        return .touch(
            path: path, createDirectories: reader.boolean(Keys.Touch.createDirectories),
            mode: reader.field(Keys.Touch.mode).flatMap(fileMode))
    }

    /// `0644` and `'0644'` alike: YAML 1.2 would read the plain one as decimal, so the text decides.
    private func fileMode(_ field: MappingReader.Field) -> UInt32? {
        guard case .scalar(let scalar) = field.node, scalar.kind != .null else {
            return context.wrongType(field.node, field.path, "permission bits such as '0644'")
        }
        let digits = scalar.text.hasPrefix("0o") ? scalar.text.dropFirst(2) : scalar.text[...]
        guard (3...4).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...55).contains($0) }),
            let mode = UInt32(digits, radix: 8), mode <= 0o777
        else {
            context.report(.outOfRange, at: scalar.span, field.path, "write three octal digits, such as '0644'")
            return nil
        }
        return mode
    }

    private func exec(_ field: MappingReader.Field) -> ActionConfiguration.Kind? {
        // Arguments may be secret, in whatever form they are written; the program's name in its place is not.
        if case .mapping(let entries, _) = field.node {
            for entry in entries where entry.key.text == Keys.Exec.command.name {
                if case .sequence(let items, _) = entry.value {
                    items.dropFirst().forEach(context.diagnostics.hide)
                } else {
                    context.diagnostics.hide(entry.value)
                }
            }
        } else {
            context.diagnostics.hide(field.node)
        }
        guard let reader = MappingReader(field.node, as: Keys.Exec.declaration, at: field.path, in: context),
            let items = reader.list(Keys.Exec.command)
        else { return nil }
        let command = items.compactMap { context.text($0.node, $0.path, maxBytes: 131_071)?.value }
        if let first = items.first, command.first?.isEmpty == true {
            context.report(.outOfRange, at: first.node.span, first.path, "the program's name is empty")
        }
        return command.count == items.count ? .exec(command) : nil
    }
}
