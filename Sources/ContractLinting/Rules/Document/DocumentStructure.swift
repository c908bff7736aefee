import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// What both rules of structure say: in the words that users of JSON Schema validators know, with the nearest name.
enum DocumentStructure {
    /// The objects with conditions between their fields, and the keywords of schemas with values of one form.
    static let interests: [NodeInterest] =
        [
            .every(.document), .every(.parameter), .every(.header), .every(.securityScheme), .every(.paths),
            .every(.responses), .every(.example), .having("examples", "encoding", in: .mediaType),
            .having("headers", in: .response), .having("headers", "encoding", in: .encoding),
            .having("parameters", "additionalOperations", in: .pathItem), .having("parameters", in: .operation),
            .having("nodeType", in: .xml), .having("enum", in: .serverVariable),
            NodeInterest(kind: .schema, fields: SchemaKeywordForms.names),
        ]

    /// Reports a place that is not as the grammar says.
    static func report(_ problem: StructureProblem, _ context: LintContext) {
        switch problem.fault {
        case .form(let form): reportForm(form, problem, context)
        case .missing: reportMissing(problem, context)
        case .unknown(let names):
            // Without a type nobody knows which fields a scheme has.
            if problem.kind == .securityScheme, context.parent?["type"]?.kind != .string { return }
            context.report(
                "Property \"\(problem.name)\" is not expected to be here.", atNameOf: problem.value,
                suggestion: NearestName.suggestion(among: names, to: problem.name))
        }
    }

    /// Checks an object whose fields depend on one another.
    static func check(_ node: LintNode, _ context: LintContext) {
        guard !context.isUnexplained else { return }
        switch node.kind {
        case .document: checkDocument(node, context)
        case .parameter: checkParameter(node, context)
        case .securityScheme: SecuritySchemeStructure.check(node, context)
        case .paths: checkPaths(node, context)
        case .responses: checkResponses(node, context)
        case .response: checkHeaderNames(node, context)
        case .schema: SchemaKeywordForms.check(node, context)
        case .encoding:
            checkHeaderNames(node, context)
            checkConditions(node, context)
        case .pathItem:
            checkAdditionalOperations(node, context)
            checkConditions(node, context)
        default: checkConditions(node, context)
        }
    }

    /// Reports what the loader says about the fields of an object.
    static func checkConditions(_ node: LintNode, _ context: LintContext) {
        guard let kind = node.kind.object else { return }
        for fault in ObjectConditions.faults(of: node.value, as: kind, version: context.version) {
            context.report(fault, in: node.value)
        }
    }

    /// Reports a value that is not one of the permitted ones.
    static func reportChoice(_ name: String, _ value: JSONValue, _ choices: [String], _ context: LintContext) {
        let list = choices.map { "\"\($0)\"" }.joined(separator: ", ")
        let near = value.string.flatMap { NearestName.among(choices, to: $0) }
        context.report(
            "\"\(name)\" property must be equal to one of the allowed values: \(list)."
                + (near.map { " Did you mean \"\($0)\"?." } ?? ""), at: value)
    }

    /// Reports an object that lacks a field.
    static func reportMissing(_ name: String, in value: JSONValue, _ context: LintContext) {
        let owner = value.key?.string.map { "\"\($0)\" property" } ?? "Object"
        context.report("\(owner) must have required property \"\(name)\".", at: value)
    }

    // MARK: - Problems

    /// A value of the wrong form.
    private static func reportForm(_ form: ValueForm, _ problem: StructureProblem, _ context: LintContext) {
        if case .object(.securityScheme) = form { return SecuritySchemeStructure.reportInvalid(problem.value, context) }
        if case .reference(.securityScheme) = form {
            return SecuritySchemeStructure.reportInvalid(problem.value, context)
        }
        let name = problem.value.key?.string ?? problem.name
        context.report("\"\(name)\" property must be \(type(of: form, context.version)).", at: problem.value)
    }

    /// The type that values of a form have.
    private static func type(of form: ValueForm, _ version: OpenAPIVersion) -> String {
        switch form {
        case .string: "string"
        case .boolean: "boolean"
        case .strings, .list, .security: "array"
        case .object(.schema): version >= .version31 ? "object,boolean" : "object"
        default: "object"
        }
    }

    /// An object without one of its fields.
    private static func reportMissing(_ problem: StructureProblem, _ context: LintContext) {
        switch (problem.kind, problem.name) {
        case (.parameter, "in"):
            context.report("Parameter must have a valid \"in\" property.", at: problem.value)
        case (.securityScheme, "type"): SecuritySchemeStructure.reportType(problem.value, context)
        default: reportMissing(problem.name, in: problem.value, context)
        }
    }

    // MARK: - Objects

    /// OpenAPI 3.1.2 §4.8.1: at least one of `components`, `paths`, `webhooks` MUST be present.
    private static func checkDocument(_ node: LintNode, _ context: LintContext) {
        guard context.version >= .version31 else { return }
        if node["paths"] == nil, node["components"] == nil, node["webhooks"] == nil {
            context.report(
                "The document must have either \"paths\", \"webhooks\" or \"components\".", at: node.value)
        }
    }

    /// Paths begin with a slash.
    private static func checkPaths(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members
        where !member.name.hasPrefix("/") && !member.name.hasPrefix("x-") && member.name != "$ref" {
            context.report(
                "Property \"\(member.name)\" is not expected to be here.", atNameOf: member.value,
                suggestion: "paths begin with a slash: \"/\(member.name)\"")
        }
    }

    /// Responses stand under statuses.
    private static func checkResponses(_ node: LintNode, _ context: LintContext) {
        if node.value.count == 0 {
            context.report("\"responses\" property must have at least one response.", at: node.value)
        }
        for member in node.value.members where !member.name.hasPrefix("x-") && member.name != "$ref" {
            guard StatusKey(member.name, version: context.version) == nil else { continue }
            let ranges = context.version == .version2 ? "" : ", a range such as \"2XX\""
            context.report(
                "Property \"\(member.name)\" is not expected to be here.", atNameOf: member.value,
                suggestion: "responses stand under a status such as \"200\"\(ranges) or \"default\"")
        }
    }

    /// A parameter has a place, and what belongs to that place.
    private static func checkParameter(_ node: LintNode, _ context: LintContext) {
        guard let place = node["in"] else { return }
        let places: [String] =
            switch context.version {
            case .version2: ["path", "query", "header", "formData", "body"]
            case .version30, .version31: ["path", "query", "header", "cookie"]
            case .version32: ["path", "query", "querystring", "header", "cookie"]
            }
        if places.contains(place.string ?? "") {
            checkConditions(node, context)
        } else {
            reportChoice("in", place, places, context)
        }
    }

    /// The names of headers are tokens (RFC 9110 §5.1).
    private static func checkHeaderNames(_ node: LintNode, _ context: LintContext) {
        for header in node["headers"]?.members.map({ $0 }) ?? [] where !ObjectConditions.isFieldName(header.key) {
            context.report("`\(header.name)` is no header name", atNameOf: header.value)
        }
    }

    /// OpenAPI 3.2.0 §4.9.1: `additionalOperations` has no methods that have a field of their own.
    private static func checkAdditionalOperations(_ node: LintNode, _ context: LintContext) {
        let fixed = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"]
        for operation in node["additionalOperations"]?.members.map({ $0 }) ?? [] where fixed.contains(operation.name) {
            context.report(
                "Property \"\(operation.name)\" is not expected to be here.", atNameOf: operation.value,
                suggestion: "the method has a field of its own: `\(operation.name.lowercased())`")
        }
    }
}
