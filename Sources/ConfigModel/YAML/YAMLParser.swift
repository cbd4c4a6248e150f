/// Reads one YAML document through libyaml into nodes, within limits.
///
/// libyaml keeps the address of its parser and of its input, so both live in heap memory that one value owns for the
/// whole parse. libyaml 0.2.5 has no bounds of its own for depth and aliases: they are kept here, as events come in.
package struct YAMLParser {
    /// The reading stops at the first fault of this kind; what came before it is lost.
    struct Failure: Error {
        let diagnostic: Diagnostic
    }

    private struct Anchor {
        let node: YAMLNode
        let nodeCount: Int
        let height: Int
    }

    private let limits: YAMLLimits
    private let diagnostics: DiagnosticList
    private let events: EventReader
    private let format: DocumentFormat
    private var anchors: [String: Anchor] = [:]
    private var openAnchors: Set<String> = []
    /// The keys that lead to the node at hand.
    private var keys: [String] = []
    private var nodeCount = 0

    /// Parses `source`; `nil` and a diagnostic where there is no document to work with.
    ///
    /// Faults that leave a usable tree (a duplicate key, a foreign tag) are reported to `diagnostics` and passed over.
    /// The values of the format's secret keys are kept out of all diagnostics then.
    package static func parse(
        _ source: SourceText, as format: DocumentFormat = .configuration, limits: YAMLLimits = .standard,
        into diagnostics: DiagnosticList
    ) -> YAMLNode? {
        if source.bytes.count > limits.inputBytes {
            diagnostics.report(.inputTooLarge, at: SourceSpan(at: .start), "the file is larger than 1 MiB")
            return nil
        }
        if let (mark, reason) = source.firstBadCharacter() {
            diagnostics.report(.invalidCharacter, at: SourceSpan(at: mark), reason)
            return nil
        }
        guard let events = EventReader(source) else {
            diagnostics.report(.yamlSyntax, at: SourceSpan(at: .start), "cannot parse: out of memory")
            return nil
        }
        var parser = YAMLParser(limits: limits, diagnostics: diagnostics, events: events, format: format)
        do throws(Failure) {
            return try parser.document()
        } catch {
            diagnostics.report(error.diagnostic)
            return nil
        }
    }

    private init(limits: YAMLLimits, diagnostics: DiagnosticList, events: EventReader, format: DocumentFormat) {
        self.limits = limits
        self.diagnostics = diagnostics
        self.events = events
        self.format = format
    }

    private mutating func document() throws(Failure) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.content {
            case .streamStart, .documentEnd: continue
            case .documentStart:
                if root != nil {
                    diagnostics.report(
                        .secondDocument, at: event.span,
                        "a second document begins here; Knell reads one, so remove the \"---\"")
                    return root
                }
                root = try node(from: events.next(), depth: 1).node
            case .streamEnd:
                if case .scalar(let scalar) = root, scalar.kind == .null { root = nil }
                if root == nil {
                    diagnostics.report(.emptyDocument, at: SourceSpan(at: .start), "the file holds no \(format.noun)")
                }
                return root
            case .alias, .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
                throw failure(.yamlSyntax, at: event.span, "cannot parse: content outside a document")
            }
        }
    }

    /// Builds the node that `event` begins; `height` counts the collections in it.
    private mutating func node(from event: YAMLEvent, depth: Int) throws(Failure) -> (node: YAMLNode, height: Int) {
        let countBefore = nodeCount
        try count(1, at: event.span)
        let result: (node: YAMLNode, height: Int)
        switch event.content {
        case .alias(let name): return try expand(name, at: event.span, depth: depth)
        case .scalar(let text, let isPlain):
            let kind = scalarKind(text, isPlain: isPlain, tag: event.tag, span: event.span)
            result = (.scalar(YAMLScalar(text: text, span: event.span, kind: kind)), 0)
        case .sequenceStart:
            checkTag(event, allowed: "seq")
            result = try collection(event, depth: depth) { parser, span, depth throws(Failure) in
                try parser.sequence(span, depth: depth)
            }
        case .mappingStart:
            checkTag(event, allowed: "map")
            result = try collection(event, depth: depth) { parser, span, depth throws(Failure) in
                try parser.mapping(span, depth: depth)
            }
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw failure(.yamlSyntax, at: event.span, "cannot parse: a value is missing")
        }
        if let anchor = event.anchor {
            anchors[anchor] = Anchor(node: result.node, nodeCount: nodeCount - countBefore, height: result.height)
        }
        return result
    }

    private mutating func collection(
        _ event: YAMLEvent, depth: Int,
        _ body: (inout YAMLParser, SourceSpan, Int) throws(Failure) -> (node: YAMLNode, height: Int)
    ) throws(Failure) -> (node: YAMLNode, height: Int) {
        try checkDepth(depth, at: event.span)
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        let result = try body(&self, event.span, depth)
        if let anchor = event.anchor { openAnchors.remove(anchor) }
        return result
    }

    private mutating func sequence(_ span: SourceSpan, depth: Int) throws(Failure) -> (node: YAMLNode, height: Int) {
        var items: [YAMLNode] = []
        var height = 0
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.content { return (.sequence(items, span), height + 1) }
            let item = try node(from: event, depth: depth + 1)
            items.append(item.node)
            height = max(height, item.height)
        }
    }

    private mutating func mapping(_ span: SourceSpan, depth: Int) throws(Failure) -> (node: YAMLNode, height: Int) {
        var entries: [YAMLEntry] = []
        var places: [String: SourceMark] = [:]
        var merged: [YAMLEntry] = []
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.content { break }
            let key = try node(from: event, depth: depth + 1).node
            keys.append(key.scalarText)
            let value = try node(from: events.next(), depth: depth + 1)
            let isSecret = !format.secretNames.isDisjoint(with: keys)
            keys.removeLast()
            height = max(height, value.height)
            // Here, for what stands below a key that is unknown, twice or none at all is seen by no decoder.
            if format.secretNames.contains(key.scalarText) { hideSecrets(in: value.node) }
            guard case .scalar(let scalar) = key else {
                diagnostics.report(.complexKey, at: key.span, "a key must be a plain word, not \(key.kindName)")
                continue
            }
            if let first = places[scalar.text] {
                let cure = scalar.text == "<<" ? "; write <<: [*one, *two] to merge several" : ""
                diagnostics.report(
                    .duplicateKey, at: scalar.span,
                    "duplicate key \"\(scalar.text.prefix(64))\"; the first stands in line \(first.line)\(cure)")
                if isSecret { diagnostics.hide(value.node) }
                continue
            }
            places[scalar.text] = scalar.span.start
            if scalar.text == "<<" {
                merged += mergedEntries(from: value.node)
            } else {
                entries.append(YAMLEntry(key: scalar, value: value.node, isMerged: false))
            }
        }
        for entry in merged where places[entry.key.text] == nil {
            places[entry.key.text] = entry.key.span.start
            entries.append(YAMLEntry(key: entry.key, value: entry.value, isMerged: true))
        }
        return (.mapping(entries, span), height + 1)
    }

    private func hideSecrets(in node: YAMLNode) {
        switch node {
        case .scalar(let scalar): diagnostics.hide(scalar.span)
        case .sequence(let items, _): items.forEach(hideSecrets)
        case .mapping(let entries, _):
            for entry in entries where !format.referenceNames.contains(entry.key.text) { hideSecrets(in: entry.value) }
        }
    }

    /// The pairs that `<<` brings in, the earlier mapping first, since it wins.
    private func mergedEntries(from value: YAMLNode) -> [YAMLEntry] {
        switch value {
        case .mapping(let entries, _): return entries
        case .sequence(let items, _): return items.flatMap(mergedEntries)
        case .scalar(let scalar):
            diagnostics.report(
                .wrongType, at: scalar.span, "\"<<\" merges a mapping or a list of mappings, not a scalar")
            return []
        }
    }

    private mutating func expand(
        _ name: String, at span: SourceSpan, depth: Int
    ) throws(Failure) -> (node: YAMLNode, height: Int) {
        if openAnchors.contains(name) {
            throw failure(
                .recursiveAlias, at: span, "the alias \"*\(name.prefix(64))\" stands within what it refers to")
        }
        guard let anchor = anchors[name] else {
            throw failure(.unknownAlias, at: span, "there is no anchor \"&\(name.prefix(64))\" before this alias")
        }
        try count(anchor.nodeCount - 1, at: span)
        try checkDepth(depth + anchor.height - 1, at: span)
        return (anchor.node, anchor.height)
    }

    private mutating func count(_ more: Int, at span: SourceSpan) throws(Failure) {
        nodeCount += more
        if nodeCount > limits.nodes {
            throw failure(
                .tooManyNodes, at: span,
                "the file holds more than \(limits.nodes) nodes, aliases expanded; use fewer aliases")
        }
    }

    private func checkDepth(_ depth: Int, at span: SourceSpan) throws(Failure) {
        if depth > limits.depth {
            throw failure(.tooDeep, at: span, "the nesting is deeper than \(limits.depth)")
        }
    }

    private func scalarKind(_ text: String, isPlain: Bool, tag: String?, span: SourceSpan) -> YAMLScalar.Kind {
        let core = "tag:yaml.org,2002:"
        switch tag {
        case nil: return isPlain ? YAMLScalar.Kind(plain: text) : .string
        case "!", core + "str": return .string
        case core + "int", core + "bool", core + "null", core + "float": return YAMLScalar.Kind(plain: text)
        case let tag?:
            reportForeign(tag, at: span)
            return .string
        }
    }

    private func checkTag(_ event: YAMLEvent, allowed: String) {
        guard let tag = event.tag, tag != "!", tag != "tag:yaml.org,2002:" + allowed else { return }
        reportForeign(tag, at: event.span)
    }

    private func reportForeign(_ tag: String, at span: SourceSpan) {
        let core = "tag:yaml.org,2002:"
        let written = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
        diagnostics.report(
            .foreignTag, at: SourceSpan(at: span.start),
            "the tag \"\(written.prefix(64))\" has no meaning here; remove it")
    }

    private func failure(_ code: Diagnostic.Code, at span: SourceSpan, _ reason: String) -> Failure {
        Failure(diagnostic: Diagnostic(code, at: span, path: .root, reason))
    }
}
