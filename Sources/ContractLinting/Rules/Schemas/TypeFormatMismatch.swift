import JSONDocuments

/// A format belongs to the type.
struct TypeFormatMismatch: LintRule {
    static let profile = RuleProfile(
        id: "type-format-mismatch",
        summary: "`format` is one of the schema's type.",
        why: "A format of another type is never checked: `type: string, format: int64` takes any string.",
        category: .schemas,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Born: {type: string, format: date}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {}
            components: {schemas: {Born: {type: integer, format: date}}}
            """)

    static let interests: [NodeInterest] = [.having("format", in: .schema)]

    /// Types by format (OpenAPI format registry, JSON Schema 2020-12 validation §7.3).
    private static let types: [String: [String]] = {
        var table: [String: [String]] = [:]
        for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "double-int"] {
            table[name] = ["integer", "number"]
        }
        for name in ["float", "double", "decimal"] { table[name] = ["number", "integer"] }
        for name in ["decimal", "decimal128", "unixtime"] { table[name] = ["string", "number", "integer"] }
        for name in [
            "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
            "uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer",
            "relative-json-pointer", "regex", "byte", "binary", "password", "base64url", "char", "html", "commonmark",
        ] { table[name] = ["string"] }
        return table
    }()

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let format = node["format"], let name = format.string, let wanted = Self.types[name] else { return }
        let types = node.value.typeNames
        // `file` of 2.0 takes what strings take.
        guard !types.isEmpty, !types.contains("file"), !types.contains(where: wanted.contains) else { return }
        let known = wanted.map { "`\($0)`" }.joined(separator: " or ")
        context.report("the format `\(name)` is for \(known), not `\(types.joined(separator: ", "))`", at: format)
    }
}
