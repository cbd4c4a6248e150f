package import ConfigModel
package import Presentation

/// A JSON Schema, draft 2020-12, of YAML documents that Knell reads, made from the declarations of their keys.
///
/// It accepts every document that the decoder accepts. What it lets pass beyond that (references, sums, the grammar of
/// patterns) is left to `knell validate`.
package struct JSONSchema: Sendable {
    private let root: MappingDeclaration
    private let identifier: String
    private let title: String

    /// The schema of documents whose top is `root`; there, keys that begin with `x-` are free.
    ///
    /// `identifier` is the URI of `$id`.
    package init(root: MappingDeclaration, identifier: String, title: String) {
        self.root = root
        self.identifier = identifier
        self.title = title
    }

    /// The schema of the configuration.
    package static let configuration = JSONSchema(
        root: Keys.configuration, identifier: "urn:knell:configuration:1", title: "Knell configuration, version 1")

    /// The schema itself.
    package var document: JSONValue {
        var object = JSONObject()
        object.add("$schema", "https://json-schema.org/draft/2020-12/schema")
        object.add("$id", identifier)
        object.add("title", title)
        for member in Self.mapping(root).members where member.key != "title" { object.add(member.key, member.value) }
        object.add("patternProperties", JSONObject([("^x-", .boolean(true))]))
        object.add(
            "$defs", JSONObject(Self.mappings(below: root).map { (Self.key(of: $0), .object(Self.mapping($0))) }))
        return .object(object)
    }

    // MARK: Mappings

    /// The name of a mapping among `$defs`: camelCase, such as `headerValue`.
    private static func key(of declaration: MappingDeclaration) -> String {
        let words = declaration.name.split(separator: " ")
        return words.dropFirst().reduce(words.first.map(String.init) ?? "") {
            $0 + $1.prefix(1).uppercased() + $1.dropFirst()
        }
    }

    /// What is referred to from `root`, each once, in the order of the first reference.
    private static func mappings(below root: MappingDeclaration) -> [MappingDeclaration] {
        var found: [MappingDeclaration] = []
        func visit(_ declaration: MappingDeclaration) {
            for inner in declaration.keys.flatMap({ $0.type.mappings })
            where !found.contains(where: { $0.name == inner.name }) {
                found.append(inner)
                visit(inner)
            }
        }
        visit(root)
        return found
    }

    private static func mapping(_ declaration: MappingDeclaration) -> JSONObject {
        var object = JSONObject()
        object.add("title", declaration.name)
        object.add("description", declaration.summary)
        object.add("type", .string("object"))
        object.add("properties", JSONObject(declaration.keys.map { ($0.name, property($0)) }))
        let required = declaration.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { object.add("required", required) }
        object.add("additionalProperties", .boolean(false))
        let conditions = declaration.allConstraints.map { JSONValue.object(condition($0)) }
        if !conditions.isEmpty { object.add("allOf", .array(conditions)) }
        return object
    }

    private static func property(_ key: KeyDeclaration) -> JSONValue {
        var object = JSONObject()
        object.add("description", description(of: key))
        for member in type(key.type).members { object.add(member.key, member.value) }
        object.add("default", key.defaultNode.map(JSONValue.init))
        object.add("examples", key.exampleNode.map { .array([JSONValue($0)]) })
        return .object(object)
    }

    /// The key's sentence and its type in words, since editors show no more than this.
    private static func description(of key: KeyDeclaration) -> String {
        let phrase = key.type.phrase
        let bound = key.type.boundPhrase.map { " (\($0))" } ?? ""
        return "\(key.summary) \(phrase.prefix(1).uppercased())\(phrase.dropFirst())\(bound)."
    }

    // MARK: What keys demand of each other

    private static func condition(_ constraint: KeyConstraint) -> JSONObject {
        switch constraint {
        case .oneGroup(let groups):
            let schemas = groups.map { group in
                group.count == 1 ? needs(group[0]) : .object(JSONObject([("anyOf", .array(group.map(needs)))]))
            }
            if schemas.count == 1, case .object(let only) = schemas[0] { return only }
            return JSONObject([("oneOf", .array(schemas))])
        case .requires(let key, let other):
            return JSONObject([("dependentRequired", .object(JSONObject([(key, .array([.string(other)]))])))])
        case .excludes(let key, let others):
            return JSONObject([("dependentSchemas", .object(JSONObject([(key, .object(lacks(others)))])))])
        case .valueExcludes(let key, let values, let others):
            let isOne = JSONObject([("enum", .array(values.map { .string($0) }))])
            return JSONObject([
                ("if", .object(has([key], isOne))), ("then", .object(lacks(others))),
            ])
        case .notBothTrue(let key, let other):
            return JSONObject([("not", .object(has([key, other], JSONObject([("const", .boolean(true))]))))])
        case .innerRequired(let key, let inner, let exception):
            return JSONObject([
                ("if", .object(JSONObject([("not", needs(exception))]))),
                ("then", .object(JSONObject([("properties", .object(JSONObject([(key, needs(inner))])))]))),
            ])
        }
    }

    private static func needs(_ key: String) -> JSONValue {
        .object(JSONObject([("required", .array([.string(key)]))]))
    }

    private static func lacks(_ keys: [String]) -> JSONObject {
        JSONObject([("properties", .object(JSONObject(keys.map { ($0, .boolean(false)) })))])
    }

    private static func has(_ keys: [String], _ schema: JSONObject) -> JSONObject {
        var object = JSONObject([("properties", .object(JSONObject(keys.map { ($0, .object(schema)) })))])
        object.add("required", keys)
        return object
    }

    // MARK: Types

    private static func type(_ type: ValueType) -> JSONObject {
        switch type {
        case .mapping(let declaration): return JSONObject([("$ref", .string("#/$defs/\(key(of: declaration))"))])
        case .either: return JSONObject([("anyOf", .array(type.alternatives.map { .object(Self.type($0)) }))])
        case .headerValue:
            return JSONObject([
                (
                    "anyOf",
                    .array([
                        .object(
                            JSONObject.string(pattern: SchemaPattern.headerValue, longest: Limits.headerValueBytes)),
                        .object(Self.type(.mapping(Keys.headerValue))),
                    ])
                )
            ])
        case .list(let element, let count):
            var object = JSONObject([("type", .string("array")), ("items", .object(Self.type(element)))])
            if count.lowerBound > 0 { object.add("minItems", count.lowerBound) }
            object.add("maxItems", count.upperBound)
            return object
        case .map(let value, let count):
            var object = JSONObject([("type", .string("object"))])
            if case .headerValue = value {
                object.add(
                    "propertyNames",
                    JSONObject([
                        ("pattern", .string(SchemaPattern.headerName)),
                        ("not", .object(JSONObject([("pattern", .string(SchemaPattern.connectionHeader))]))),
                    ]))
            }
            object.add("additionalProperties", Self.type(value))
            if count.lowerBound > 0 { object.add("minProperties", count.lowerBound) }
            object.add("maxProperties", count.upperBound)
            return object
        case .version, .text, .dnsLabel, .absolutePath, .pattern, .duration, .integer, .boolean, .fileMode, .choice,
            .user, .signal, .url, .method, .status, .exitCode:
            return .scalar(type)
        }
    }
}

extension ValueType {
    /// The mappings that the type speaks of, those within lists included.
    fileprivate var mappings: [MappingDeclaration] {
        switch self {
        case .mapping(let declaration): [declaration]
        case .either: alternatives.flatMap(\.mappings)
        case .list(let element, _), .map(let element, _): element.mappings
        case .headerValue: [Keys.headerValue]
        case .version, .text, .dnsLabel, .absolutePath, .pattern, .duration, .integer, .boolean, .fileMode, .choice,
            .user, .signal, .url, .method, .status, .exitCode:
            []
        }
    }

    /// What an `either` offers, nested ones included.
    fileprivate var alternatives: [ValueType] {
        if case .either(let short, let long) = self { short.alternatives + long.alternatives } else { [self] }
    }
}

extension JSONValue {
    /// A YAML value as a checker of JSON sees it.
    fileprivate init(_ node: YAMLNode) {
        switch node {
        case .sequence(let items, _): self = .array(items.map { JSONValue($0) })
        case .mapping(let entries, _): self = .object(JSONObject(entries.map { ($0.key.text, JSONValue($0.value)) }))
        case .scalar(let scalar):
            self =
                switch scalar.kind {
                case .null: .null
                case .boolean(let value): .boolean(value)
                case .integer(let value): .integer(Int64(value))
                case .float, .string: .string(scalar.text)
                }
        }
    }
}
