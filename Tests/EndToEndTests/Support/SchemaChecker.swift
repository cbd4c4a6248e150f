import Foundation
import TestSupport

/// PyPI's check-jsonschema with the schema that `knell schema` prints.
final class SchemaChecker {
    /// What it says of a file.
    enum Finding: Hashable {
        case valid
        /// The file does not fit the schema.
        case refused
        /// The file is no YAML to the checker either.
        case unreadable
    }

    private let schemaFile: String
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        let completion = try Knell.run(["schema"])
        guard completion.exitCode == 0 else { throw KnellFault("knell schema exits with \(completion.exitCode)") }
        schemaFile = try directory.write(completion.output, to: "knell.schema.json")
    }

    /// Runs the tool to its end.
    private static func run(_ arguments: [String]) throws -> Knell.Completion {
        try Knell.run(arguments, program: TestTools.path(of: "check-jsonschema"))
    }

    /// Whether the schema is one by the metaschema that it names; the words of the tool where it is not.
    func metaschemaFault() throws -> String? {
        let completion = try Self.run(["--check-metaschema", schemaFile])
        return completion.exitCode == 0 ? nil : completion.output + completion.errors
    }

    /// What the checker finds in each of the files.
    func findings(in files: [String]) throws -> [String: Finding] {
        let completion = try Self.run(["--output-format", "json", "--schemafile", schemaFile] + files)
        let report = try JSONSerialization.jsonObject(with: Data(completion.output.utf8)) as? [String: Any]
        guard let report, let errors = report["errors"] as? [[String: Any]] else {
            throw KnellFault("check-jsonschema says \(completion.output)\(completion.errors)")
        }
        var findings = Dictionary(uniqueKeysWithValues: files.map { ($0, Finding.valid) })
        for error in errors { findings[error["filename"] as? String ?? ""] = .refused }
        let parseErrors = report["parse_errors"] as? [[String: Any]] ?? []
        for error in parseErrors { findings[error["filename"] as? String ?? ""] = .unreadable }
        return findings
    }
}
