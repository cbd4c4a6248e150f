/// A fault in the configuration, placed at the text that caused it.
package struct Diagnostic: Hashable, Sendable {
    /// A stable name for the fault. Tests and scripts match it; the wording may change.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        case yamlSyntax = "yaml-syntax"
        case inputTooLarge = "input-too-large"
        case invalidCharacter = "invalid-character"
        case emptyDocument = "empty-document"
        case secondDocument = "second-document"
        case foreignTag = "foreign-tag"
        case recursiveAlias = "recursive-alias"
        case unknownAlias = "unknown-alias"
        case complexKey = "complex-key"
        case tooDeep = "too-deep"
        case tooManyNodes = "too-many-nodes"
        case duplicateKey = "duplicate-key"
        case unknownKey = "unknown-key"
        case missingKey = "missing-key"
        case conflictingKeys = "conflicting-keys"
        case notApplicable = "not-applicable"
        case wrongType = "wrong-type"
        case outOfRange = "out-of-range"
        case unknownValue = "unknown-value"
        case unsupportedVersion = "unsupported-version"
        case durationSyntax = "duration-syntax"
        case durationRange = "duration-range"
        case invalidName = "invalid-name"
        case duplicateName = "duplicate-name"
        case invalidPath = "invalid-path"
        case invalidURL = "invalid-url"
        case invalidHeader = "invalid-header"
        case patternSyntax = "pattern-syntax"
        case patternUnsupported = "pattern-unsupported"
        case patternTooLarge = "pattern-too-large"
        case patternNeverMatches = "pattern-never-matches"
        case undefinedVariable = "undefined-variable"
        case unknownUser = "unknown-user"
        /// Not a fault of a file: a simulation went another way than its scenario expects.
        case unmetExpectation = "unmet-expectation"
    }

    /// Whether the configuration can be used all the same.
    package enum Severity: String, Hashable, Sendable {
        case error
        case warning
    }

    package let code: Code
    package let severity: Severity
    package let span: SourceSpan
    package let path: ConfigPath
    /// Lower case, without a full stop; says what to write instead.
    package let reason: String

    package init(
        _ code: Code, severity: Severity = .error, at span: SourceSpan, path: ConfigPath, _ reason: String
    ) {
        self.code = code
        self.severity = severity
        self.span = span
        self.path = path
        self.reason = reason
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line without the file's name, such as `7:11: error: rules[0]: unknown key "nmae" [unknown-key]`.
    package var description: String { "\(span.start): \(severity.rawValue): \(statement)" }

    /// What stands behind place and severity: path, reason and code.
    var statement: String { (path == .root ? "" : "\(path): ") + "\(reason) [\(code.rawValue)]" }
}
