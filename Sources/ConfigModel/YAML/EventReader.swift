internal import CYAML

/// One step of a YAML document, without any pointer into libyaml.
struct YAMLEvent {
    enum Content {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    let content: Content
    let anchor: String?
    let tag: String?
    let span: SourceSpan
}

/// Owns a libyaml parser and its input, and turns its events into values.
@safe final class EventReader {
    private let source: SourceText
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Copies `source` into memory that stays where it is; `nil` when libyaml finds no memory for itself.
    init?(_ source: SourceText) {
        // Local until it is initialized: an init that fails with all properties set would run deinit as well.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            return nil
        }
        let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: source.bytes.count)
        _ = unsafe input.initialize(from: source.bytes)
        self.source = source
        unsafe self.parser = unsafe parser
        unsafe self.input = unsafe input
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event of the stream.
    ///
    /// - Throws: a failure with the code `yaml-syntax`, at libyaml's mark.
    func next() throws(YAMLParser.Failure) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxFailure() }
        defer { unsafe yaml_event_delete(&event) }
        let span = unsafe SourceSpan(start: mark(event.start_mark), end: mark(event.end_mark))
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return YAMLEvent(content: .streamStart, anchor: nil, tag: nil, span: span)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(content: .documentStart, anchor: nil, tag: nil, span: span)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(content: .documentEnd, anchor: nil, tag: nil, span: span)
        case YAML_ALIAS_EVENT:
            let name = unsafe text(event.data.alias.anchor) ?? ""
            return YAMLEvent(content: .alias(name), anchor: nil, tag: nil, span: span)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let content = unsafe YAMLEvent.Content.scalar(
                String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            return unsafe YAMLEvent(content: content, anchor: text(scalar.anchor), tag: text(scalar.tag), span: span)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe YAMLEvent(
                content: .sequenceStart, anchor: text(start.anchor), tag: text(start.tag),
                span: SourceSpan(at: span.start))
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(content: .sequenceEnd, anchor: nil, tag: nil, span: span)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe YAMLEvent(
                content: .mappingStart, anchor: text(start.anchor), tag: text(start.tag),
                span: SourceSpan(at: span.start))
        case YAML_MAPPING_END_EVENT: return YAMLEvent(content: .mappingEnd, anchor: nil, tag: nil, span: span)
        default: return YAMLEvent(content: .streamEnd, anchor: nil, tag: nil, span: span)
        }
    }

    /// libyaml counts lines and columns from 0; this is the one place that adds 1.
    private func mark(_ mark: yaml_mark_t) -> SourceMark {
        SourceMark(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }

    private func syntaxFailure() -> YAMLParser.Failure {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "no reason given"
        let context = unsafe parser.pointee.context == nil ? nil : mark(parser.pointee.context_mark)
        let found = unsafe within(mark(parser.pointee.problem_mark))
        // Found out only further on, even at the end of the file; the reader wants to see where it begins.
        let isOlder = ["found unexpected end of stream", "could not find expected ':'"].contains(problem)
        let place = isOlder ? context ?? found : found
        let reason = "cannot parse: \(problem)" + advice(for: problem, at: found, context: context)
        return YAMLParser.Failure(diagnostic: Diagnostic(.yamlSyntax, at: SourceSpan(at: place), path: .root, reason))
    }

    /// The place itself; the end of the text where libyaml has begun a line that is not there, as it does at the end of a
    /// text whose last line has no line end.
    private func within(_ mark: SourceMark) -> SourceMark {
        guard mark.line > 1, source.line(mark.line) == nil, let last = source.line(mark.line - 1) else { return mark }
        let columns = String(decoding: last, as: UTF8.self).unicodeScalars.count
        return SourceMark(line: mark.line - 1, column: columns + 1)
    }

    /// What to do about the faults that people really make.
    private func advice(for problem: String, at mark: SourceMark, context: SourceMark?) -> String {
        let line = source.line(mark.line) ?? []
        if line.prefix(while: { $0 == 0x20 || $0 == 0x09 || $0 == 0x2D }).contains(0x09) {
            return "; indent with spaces, YAML does not take tabs"
        }
        let opened = context.map { " that opens in line \($0.line)" } ?? ""
        switch problem {
        case "mapping values are not allowed in this context":
            return "; quote a value that holds \": \"; if this is a key, check its indentation and the line before"
        case "could not find expected ':'": return "; a key lacks its \":\""
        case "did not find expected key", "did not find expected '-' indicator",
            "did not find expected <document start>":
            return "; check the indentation of this line and of the one before"
        case "did not find expected ',' or ']'": return "; the list\(opened) lacks a comma before this, or its \"]\""
        case "did not find expected ',' or '}'": return "; the mapping\(opened) lacks a comma before this, or its \"}\""
        case "found unexpected end of stream": return "; the quote that opens here is not closed"
        case "found character that cannot start any token": return "; quote a value that begins with @, ` or %"
        case "found unknown escape character":
            return "; in double quotes a backslash escapes: use single quotes for patterns"
        default: return ""
        }
    }
}
