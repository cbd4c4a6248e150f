/// Readers of single values: each reports what is wrong and returns `nil`.
extension DecodingContext {
    func wrongType<Value>(_ node: YAMLNode, _ path: ConfigPath, _ expected: String) -> Value? {
        if case .scalar(let scalar) = node, scalar.kind == .null {
            report(.wrongType, at: node.span, path, "the value is empty; write \(expected), or leave the key out")
        } else {
            report(.wrongType, at: node.span, path, "expected \(expected), but this is \(node.kindName)")
        }
        return nil
    }

    /// A scalar that is text; numbers and booleans are refused, so that nobody wonders what became of `0123` or `1e3`.
    func string(_ node: YAMLNode, _ path: ConfigPath, _ expected: String = "text") -> YAMLScalar? {
        guard case .scalar(let scalar) = node else { return wrongType(node, path, expected) }
        switch scalar.kind {
        case .string:
            guard !scalar.text.utf8.contains(0) else {
                report(
                    .invalidCharacter, at: node.span, path,
                    "the text holds a NUL character, which ends it for the kernel")
                return nil
            }
            return scalar
        case .null: return wrongType(node, path, expected)
        case .boolean, .integer, .float:
            report(
                .wrongType, at: node.span, path,
                "expected \(expected), but this is \(scalar.kindName); put it into quotes")
            return nil
        }
    }

    func text(_ node: YAMLNode, _ path: ConfigPath, maxBytes: Int) -> Located<String>? {
        guard let scalar = string(node, path) else { return nil }
        guard scalar.text.utf8.count <= maxBytes else {
            report(.outOfRange, at: node.span, path, "the text is longer than \(maxBytes) bytes")
            return nil
        }
        return Located(scalar.text, span: scalar.span, path: path)
    }

    func choice(_ node: YAMLNode, _ path: ConfigPath, among names: [String], what: String) -> String? {
        guard case .scalar(let scalar) = node, scalar.kind != .null else {
            return wrongType(node, path, "one of \(names.joined(separator: ", "))")
        }
        if names.contains(scalar.text) { return scalar.text }
        let advice = Suggestion.phrase(for: scalar.text, among: names)
        report(
            .unknownValue, at: node.span, path,
            "unknown \(what) \"\(String(scalar.text.prefix(64)))\"\(advice.isEmpty ? "; write one of \(names.joined(separator: ", "))" : advice)"
        )
        return nil
    }

    func integer(_ node: YAMLNode, _ path: ConfigPath, in range: ClosedRange<Int>) -> Int? {
        guard case .scalar(let scalar) = node, case .integer(let value) = scalar.kind else {
            if isQuotedInteger(node) {
                report(
                    .wrongType, at: node.span, path,
                    "expected a whole number, but this is a string; leave out the quotes")
                return nil
            }
            return wrongType(node, path, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        guard range.contains(value) else {
            report(
                .outOfRange, at: node.span, path,
                "\(scalar.text.prefix(32)) is not within \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func isQuotedInteger(_ node: YAMLNode) -> Bool {
        guard case .scalar(let scalar) = node, scalar.kind == .string else { return false }
        if case .integer = YAMLScalar.Kind(plain: scalar.text) { return true }
        return false
    }

    func duration(_ node: YAMLNode, _ path: ConfigPath, in range: ClosedRange<Duration>) -> Duration? {
        guard case .scalar(let scalar) = node, scalar.kind != .null else {
            return wrongType(node, path, "a duration such as 30s")
        }
        let shown = "cannot read \"\(scalar.text.prefix(64))\" as a duration: "
        do throws(DurationFault) {
            let duration = try Duration(parsing: scalar.text)
            if range.contains(duration) { return duration }
            report(
                .durationRange, at: node.span, path,
                "\(scalar.text.prefix(64)) is not within \(range.lowerBound.configText) to \(range.upperBound.configText)"
            )
        } catch {
            switch error {
            case .syntax(let why): report(.durationSyntax, at: node.span, path, shown + why)
            case .range(let why): report(.durationRange, at: node.span, path, shown + why)
            }
        }
        return nil
    }

    /// A uid, or a name that is looked up later.
    func user(_ node: YAMLNode, _ path: ConfigPath) -> Located<SelectorConfiguration.User>? {
        guard case .scalar(let scalar) = node else {
            return wrongType(node, path, "a uid or a user name")
        }
        switch scalar.kind {
        case .integer(let number):
            // uid -1 is "no user" to the kernel, credentials(7).
            guard let id = UInt32(exactly: number), id != .max else {
                report(
                    .outOfRange, at: node.span, path,
                    "\(scalar.text.prefix(32)) is no uid; they go from 0 to 4294967294")
                return nil
            }
            return Located(.id(id), span: scalar.span, path: path)
        case .string where scalar.text.utf8.allSatisfy { (48...57).contains($0) } && !scalar.text.isEmpty:
            report(
                .wrongType, at: node.span, path,
                "a uid is written without quotes; write user: \(scalar.text.prefix(32))")
            return nil
        case .string where (1...256).contains(scalar.text.utf8.count) && !scalar.text.utf8.contains(0):
            return Located(.name(scalar.text), span: scalar.span, path: path)
        default: return wrongType(node, path, "a uid or a user name")
        }
    }

    func signal(_ node: YAMLNode, _ path: ConfigPath) -> Signal? {
        guard case .scalar(let scalar) = node, scalar.kind != .null else {
            return wrongType(node, path, "a signal such as SIGTERM")
        }
        if let signal = Signal(parsing: scalar.text) { return signal }
        let advice = Suggestion.phrase(for: scalar.text, among: Signal.names.map { "SIG" + $0.name })
        report(
            .unknownValue, at: scalar.span, path,
            "unknown signal \"\(String(scalar.text.prefix(64)))\"\(advice.isEmpty ? "; write a name such as SIGTERM, or a number from 1 to 64" : advice)"
        )
        return nil
    }

    func method(_ node: YAMLNode, _ path: ConfigPath) -> String? {
        guard let scalar = string(node, path, "a method such as POST") else { return nil }
        let bytes = Array(scalar.text.utf8)
        guard (1...32).contains(bytes.count), bytes.allSatisfy({ (65...90).contains($0) || $0 == 45 }) else {
            report(
                .unknownValue, at: scalar.span, path,
                "\"\(scalar.text.prefix(32))\" is no method; write it in upper case, such as \(suggestedMethod(scalar.text))"
            )
            return nil
        }
        // CONNECT opens a tunnel and gets no answer that could be judged, RFC 9110 section 9.3.6.
        guard scalar.text != "CONNECT" else {
            report(
                .unknownValue, at: scalar.span, path, "CONNECT opens a tunnel; write another method, such as POST"
            )
            return nil
        }
        return scalar.text
    }

    private func suggestedMethod(_ text: String) -> String {
        let upper = text.uppercased()
        return ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].contains(upper) ? upper : "POST"
    }

    func absolutePath(_ node: YAMLNode, _ path: ConfigPath, hasVariables: Bool) -> Located<String>? {
        guard let scalar = string(node, path, "an absolute path") else { return nil }
        let text = scalar.text
        guard text.utf8.count <= Limits.pathBytes else {
            report(.outOfRange, at: node.span, path, "the path is longer than \(Limits.pathBytes) bytes")
            return nil
        }
        guard text.hasPrefix("/") || (hasVariables && text.hasPrefix("$(")), !text.hasSuffix("/") else {
            report(.invalidPath, at: node.span, path, "write the absolute path of a file, such as /shared/done")
            return nil
        }
        return Located(text, span: scalar.span, path: path)
    }

    func pattern(_ node: YAMLNode, _ path: ConfigPath, isName: Bool, ignoresCase: Bool) -> Pattern? {
        guard let scalar = string(node, path, "a regular expression") else { return nil }
        do throws(PatternFault) {
            let syntax = try PatternSyntax(parsing: scalar.text)
            guard afford(syntax) else {
                report(
                    .patternTooLarge, at: node.span, path,
                    "the patterns of this file together are too large; use fewer {m,n}")
                return nil
            }
            if let reason = isName ? syntax.reasonNoNameMatches : syntax.reasonNothingMatches {
                report(.patternNeverMatches, at: node.span, path, "the pattern can never match: \(reason)")
                return nil
            }
            return try Pattern(scalar.text, ignoresCase: ignoresCase)
        } catch {
            let code: Diagnostic.Code =
                switch error.kind {
                case .syntax: .patternSyntax
                case .unsupported: .patternUnsupported
                case .tooLarge: .patternTooLarge
                }
            report(code, at: place(of: error, in: scalar), path, "cannot use the pattern: \(error.reason)")
            return nil
        }
    }

    /// Keeps what follows the `?` of a URL out of diagnostics: a query may hold a token.
    func hideQuery(of scalar: YAMLScalar) {
        let characters = scalar.text.unicodeScalars
        guard let question = characters.firstIndex(of: "?") else { return }
        let offset = characters.distance(from: characters.startIndex, to: question) + 1
        let span = scalar.span
        let quote = span.end.column - span.start.column - scalar.text.unicodeScalars.count
        // Where the scalar does not stand in the source letter by letter, all of it is hidden.
        guard span.start.line == span.end.line, quote == 0 || quote == 2 else { return diagnostics.hide(span) }
        let hidden = scalar.text.unicodeScalars.count - offset
        if hidden > 0 { diagnostics.hide(span.part(from: offset + quote / 2, count: hidden)) }
    }

    /// The very character of a pattern, where the scalar stands in the source letter by letter.
    private func place(of fault: PatternFault, in scalar: YAMLScalar) -> SourceSpan {
        let span = scalar.span
        let characters = scalar.text.unicodeScalars.count
        let written = span.end.column - span.start.column
        let quote = written - characters
        guard span.start.line == span.end.line, quote == 0 || quote == 2 else { return span }
        let offset = String(decoding: scalar.text.utf8.prefix(fault.offset), as: UTF8.self).unicodeScalars.count
        guard offset < characters else { return span }
        return fault.offset == 0 ? span : span.part(from: offset + quote / 2, count: 1)
    }
}
