import Presentation
import Testing

@testable import ConfigModel

/// A small document, and what Knell reads in it; the wording, the documents and the results are our own.
struct YAMLCase: CustomTestStringConvertible, Sendable {
    /// What comes of a document.
    enum Expectation: Sendable {
        /// The tree without its places, as ``YAMLCase/outline(of:)`` writes it.
        case tree(String)
        /// The first fault, and where.
        case fault(Diagnostic.Code, Int, Int)
    }

    let testDescription: String
    let document: String
    let expectation: Expectation

    /// `yaml12` says, for whoever reads the case, what YAML 1.2 would have instead.
    init(_ name: String, _ document: String, _ expectation: Expectation, yaml12: String? = nil) {
        testDescription = name + (yaml12.map { " (YAML 1.2: \($0))" } ?? "")
        self.document = document
        self.expectation = expectation
    }

    /// The tree as JSON: the core schema's kinds as JSON has them, a fraction as `float(…)` around its text.
    static func outline(of node: YAMLNode) -> String {
        switch node {
        case .scalar(let scalar):
            switch scalar.kind {
            case .null: "null"
            case .boolean(let value): "\(value)"
            case .integer(let value): "\(value)"
            case .float: "float(\(scalar.text))"
            case .string: JSONValue.quoted(scalar.text)
            }
        case .sequence(let items, _): "[" + items.map(outline).joined(separator: ",") + "]"
        case .mapping(let entries, _):
            "{" + entries.map { "\(JSONValue.quoted($0.key.text)):\(outline(of: $0.value))" }.joined(separator: ",")
                + "}"
        }
    }
}
