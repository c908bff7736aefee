import ContractLinting
import JSONDocuments
import OpenAPIDocuments

/// A format as rulesets name it: rules, aliases and overrides may be for documents of some formats only.
struct DocumentFormat: Hashable, Sendable {
    /// The name, such as `oas3.1`.
    let name: String

    /// The formats that documents of ours may have, and those that rulesets may name beside them.
    private static let others = [
        "asyncapi2", "aas2", "aas2.0", "aas2.1", "aas2.2", "aas2.3", "aas2.4", "aas2.5", "aas2.6", "aas3", "aas3.0",
        "arazzo1", "arazzo1.0", "json-schema-draft4", "json-schema-draft6", "json-schema-draft7",
        "json-schema-draft2019-09", "json-schema-2019-09", "json-schema-draft2020-12", "json-schema-2020-12",
    ]

    /// What a name means in the spellings that are in use: `oas3_1` for `oas3.1`.
    ///
    /// - Throws: For a name that no format has: the rule would never be applied.
    init(_ value: JSONValue) throws(RulesetMistake) {
        let text = value.string ?? ""
        let name = String(text.map { $0 == "_" ? "." : $0 })
        let known = Self.openAPI + ["json-schema", "json-schema-loose"] + Self.others
        guard known.contains(name) else {
            throw RulesetMistake(
                message: "there is no format `\(text)`: documents here have \(Self.openAPI.joined(separator: ", "))",
                place: value)
        }
        self.name = name
    }

    /// A format of a document.
    private init(named name: String) { self.name = name }

    /// The formats of OpenAPI.
    private static let openAPI = ["oas2", "oas3", "oas3.0", "oas3.1", "oas3.2"]

    /// The formats that a document has.
    static func formats(of document: LintDocument) -> Set<DocumentFormat> {
        let names: [String]
        switch document.version {
        case .version2: names = ["oas2"]
        case .version30: names = ["oas3", "oas3.0"]
        case .version31: names = ["oas3", "oas3.1"]
        case .version32: names = ["oas3", "oas3.2"]
        case nil: names = schemaFormats(document.root)
        }
        return Set(names.map { DocumentFormat(named: $0) })
    }

    /// The formats of a document that is a schema by itself.
    private static func schemaFormats(_ root: JSONValue) -> [String] {
        guard let identifier = root["$schema"]?.string else {
            let keywords = ["$ref", "allOf", "anyOf", "oneOf", "not", "type", "properties", "items", "enum"]
            return keywords.contains { root[$0] != nil } ? ["json-schema-loose"] : []
        }
        let drafts = [
            ("draft-04", "draft4"), ("draft-06", "draft6"), ("draft-07", "draft7"), ("2019-09", "2019-09"),
            ("2020-12", "2020-12"),
        ]
        guard identifier.contains("json-schema.org"), let draft = drafts.first(where: { identifier.contains($0.0) })
        else { return [] }
        return ["json-schema", "json-schema-loose", "json-schema-\(draft.1)", "json-schema-draft\(draft.1)"]
    }
}
