/// Turns a tree of nodes into a typed configuration, and reports everything that does not fit.
struct ConfigurationDecoder {
    private let context: DecodingContext

    init(context: DecodingContext) { self.context = context }

    /// The configuration, as far as it could be read; complete only when no error was reported.
    func decode(_ root: YAMLNode) -> Configuration? {
        guard
            let reader = MappingReader(
                root, as: Keys.Document.declaration, at: .root, in: context, allowsExtensions: true)
        else { return nil }
        reader.checkVersion(Keys.Document.version)
        let rules = reader.list(Keys.Document.rules)?.compactMap { rule($0.node, at: $0.path) } ?? []
        reportDuplicateNames(rules)
        return Configuration(
            onTerminate: reader.choice(Keys.Document.onTerminate),
            terminationTimeout: reader.duration(Keys.Document.terminationTimeout),
            rules: rules)
    }

    private func reportDuplicateNames(_ rules: [RuleConfiguration]) {
        var lines: [String: Int] = [:]
        for rule in rules {
            let name = rule.name
            if let line = lines[name.value] {
                context.report(
                    .duplicateName, at: name.span, name.path,
                    "the rule in line \(line) is called \"\(name.value)\" too; names are unique")
            } else {
                lines[name.value] = name.span.start.line
            }
        }
    }

    private func rule(_ node: YAMLNode, at path: ConfigPath) -> RuleConfiguration? {
        guard let reader = MappingReader(node, as: Keys.Rule.declaration, at: path, in: context) else { return nil }
        let name = dnsLabel(reader)
        let watch = reader.field(Keys.Rule.watch).flatMap {
            MappingReader($0.node, as: Keys.Watch.declaration, at: $0.path, in: context)
        }
        let targets = watch?.list(Keys.Watch.processes)?.compactMap { selector($0.node, at: $0.path) } ?? []
        let actionDecoder = ActionDecoder(context: context, selectors: self)
        let actions = reader.list(Keys.Rule.actions)?.compactMap { actionDecoder.action($0.node, at: $0.path) } ?? []
        let isFinal = reader.boolean(Keys.Rule.isFinal)
        let repeats = reader.boolean(Keys.Rule.repeats)
        if isFinal == true, repeats == true, let field = reader.field(Keys.Rule.repeats) {
            context.report(
                .conflictingKeys, at: field.keySpan, path,
                "a rule that is final ends Knell, so it cannot repeat; remove one of the two")
        }
        let rule = RuleConfiguration(
            name: name ?? Located("", span: reader.span, path: path),
            targets: targets,
            until: watch?.choice(Keys.Watch.until),
            startTimeout: watch?.duration(Keys.Watch.startTimeout),
            onStartTimeout: watch?.choice(Keys.Watch.onStartTimeout),
            gracePeriod: reader.duration(Keys.Rule.gracePeriod),
            actions: actions,
            exitCode: exitCode(reader),
            isFinal: isFinal,
            repeats: repeats)
        return name == nil ? nil : rule
    }

    private func dnsLabel(_ reader: MappingReader) -> Located<String>? {
        guard let field = reader.field(Keys.Rule.name), let scalar = context.string(field.node, field.path, "a name")
        else { return nil }
        let bytes = Array(scalar.text.utf8)
        let isInner = { (byte: UInt8) in (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 }
        guard (1...63).contains(bytes.count), bytes.allSatisfy(isInner), bytes.first != 45, bytes.last != 45 else {
            context.report(
                .invalidName, at: scalar.span, field.path,
                "a name has 1 to 63 of a-z, 0-9 and -, with a letter or number at both ends")
            return nil
        }
        return Located(scalar.text, span: scalar.span, path: field.path)
    }

    private func exitCode(_ reader: MappingReader) -> ExitCodeConfiguration? {
        guard let field = reader.field(Keys.Rule.exitCode) else { return nil }
        if case .scalar = field.node {
            return ended(field.node, at: field.path).map { ExitCodeConfiguration(ended: $0) }
        }
        guard let codes = MappingReader(field.node, as: Keys.ExitCode.declaration, at: field.path, in: context) else {
            return nil
        }
        return ExitCodeConfiguration(
            ended: codes.field(Keys.ExitCode.ended).flatMap { ended($0.node, at: $0.path) },
            actionFailed: codes.exitCode(Keys.ExitCode.actionFailed),
            notStarted: codes.exitCode(Keys.ExitCode.notStarted),
            terminated: codes.exitCode(Keys.ExitCode.terminated),
            unknown: codes.exitCode(Keys.ExitCode.unknown))
    }

    private func ended(_ node: YAMLNode, at path: ConfigPath) -> ExitCodes.Ended? {
        if case .scalar(let scalar) = node, scalar.kind == .string {
            if scalar.text == "fromTarget" { return .fromTarget }
            let advice = Suggestion.phrase(for: scalar.text, among: ["fromTarget"])
            context.report(
                .unknownValue, at: scalar.span, path,
                "unknown exit code \"\(scalar.text.prefix(64))\""
                    + (advice.isEmpty ? "; write a number from 0 to 255 without quotes, or fromTarget" : advice))
            return nil
        }
        return context.integer(node, path, in: 0...255).map { .code(Int32($0)) }
    }
}

extension ConfigurationDecoder {
    /// A selector of `watch.processes`.
    func selector(_ node: YAMLNode, at path: ConfigPath) -> SelectorConfiguration? {
        guard let reader = MappingReader(node, as: Keys.Selector.declaration, at: path, in: context) else { return nil }
        return selector(reader)
    }

    private func selector(_ reader: MappingReader) -> SelectorConfiguration? {
        let ignoreCase = reader.boolean(Keys.Selector.ignoreCase)
        let ignoresCase = ignoreCase ?? Keys.Selector.ignoreCase.defaultValue
        if !reader.contains(Keys.Selector.name), !reader.contains(Keys.Selector.commandLine),
            !reader.contains(Keys.Selector.executable), !reader.contains(Keys.Selector.user)
        {
            context.report(
                .missingKey, at: reader.span, reader.path,
                "a process needs one of name, commandLine, executable, user, or it would match everything")
            return nil
        }
        return SelectorConfiguration(
            name: reader.pattern(Keys.Selector.name, isName: true, ignoresCase: ignoresCase),
            commandLine: reader.pattern(Keys.Selector.commandLine, isName: false, ignoresCase: ignoresCase),
            executable: reader.pattern(Keys.Selector.executable, isName: false, ignoresCase: ignoresCase),
            user: reader.field(Keys.Selector.user).flatMap { context.user($0.node, $0.path) },
            ignoreCase: ignoreCase)
    }

    /// A selector, a pid or a pid file.
    func processReference(_ field: MappingReader.Field) -> ProcessReferenceConfiguration? {
        guard let reader = MappingReader(field.node, as: Keys.Process.declaration, at: field.path, in: context) else {
            return nil
        }
        let byNumber = [reader.field(Keys.Process.pid), reader.field(Keys.Process.pidFile)].compactMap(\.self)
        let isSelector = Keys.Selector.declaration.keys.contains { key in
            reader.fieldNamed(key.name) != nil
        }
        if let extra = byNumber.dropFirst().first ?? (isSelector ? byNumber.first : nil) {
            context.report(
                .conflictingKeys, at: extra.keySpan, field.path, "give either a selector, or pid, or pidFile")
            return nil
        }
        if reader.contains(Keys.Process.pid) {
            return reader.integer(Keys.Process.pid).map { .pid(Int32($0.value)) }
        }
        if reader.contains(Keys.Process.pidFile) {
            return reader.absolutePath(Keys.Process.pidFile).map { .pidFile($0.value) }
        }
        return selector(reader).map { .matching($0) }
    }
}
