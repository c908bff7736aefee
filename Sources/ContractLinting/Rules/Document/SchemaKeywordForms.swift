import JSONDocuments
import OpenAPIDocuments

/// The forms of the keywords of a schema that are no schemas themselves (JSON Schema 2020-12 validation §6; OpenAPI
/// 3.0.4 §4.7.24).
enum SchemaKeywordForms {
    /// What a keyword's value must be.
    private enum Form: String {
        /// A number.
        case number
        /// A whole number, not negative.
        case integer = "non-negative integer"
        /// `true` or `false`.
        case boolean
        /// A text.
        case string
        /// An array.
        case array
        /// Names, each once.
        case names = "array of unique strings"
        /// A number since 3.1, a boolean before.
        case exclusive
    }

    /// Every keyword with its form, but for `type`.
    private static let forms: [(name: String, form: Form)] = [
        ("multipleOf", .number), ("maximum", .number), ("minimum", .number), ("exclusiveMaximum", .exclusive),
        ("exclusiveMinimum", .exclusive), ("maxLength", .integer), ("minLength", .integer), ("maxItems", .integer),
        ("minItems", .integer), ("maxProperties", .integer), ("minProperties", .integer), ("maxContains", .integer),
        ("minContains", .integer), ("uniqueItems", .boolean), ("nullable", .boolean), ("readOnly", .boolean),
        ("writeOnly", .boolean), ("deprecated", .boolean), ("pattern", .string), ("format", .string),
        ("title", .string), ("description", .string), ("enum", .array), ("required", .names),
    ]

    /// The names of all keywords that are looked at.
    static let names = ["type"] + forms.map(\.name)

    /// Types by name, in the order of the specification's meta-schema.
    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    /// Checks a schema.
    static func check(_ node: LintNode, _ context: LintContext) {
        for member in node.value.members {
            if member.key.isString("type") {
                checkType(member.value, context)
            } else if let form = byName[member.name], !fits(member.value, form, context.version) {
                let words =
                    form != .exclusive ? form.rawValue : context.version >= .version31 ? "number" : "boolean"
                context.report("\"\(member.name)\" property must be \(words).", at: member.value)
            }
        }
    }

    /// Forms by name.
    private static let byName = Dictionary(forms.map { ($0.name, $0.form) }, uniquingKeysWith: { first, _ in first })

    /// `type` is one of seven words; since 3.1 also a list of them.
    private static func checkType(_ value: JSONValue, _ context: LintContext) {
        let isModern = context.version >= .version31
        var known = isModern ? ["array", "boolean", "integer", "null", "number", "object", "string"] : types
        if context.version == .version2 { known.append("file") }
        if isModern, value.kind == .array {
            for element in value.elements where !known.contains(element.string ?? "") {
                DocumentStructure.reportChoice(element.pointer.tokens.last ?? "", element, known, context)
            }
        } else if !known.contains(value.string ?? "") {
            DocumentStructure.reportChoice("type", value, known, context)
        }
    }

    /// Whether a value has a form.
    private static func fits(_ value: JSONValue, _ form: Form, _ version: OpenAPIVersion) -> Bool {
        switch form {
        case .number: value.kind == .number
        case .integer: value.int.map { $0 >= 0 } ?? false
        case .boolean: value.bool != nil
        case .string: value.kind == .string
        case .array: value.kind == .array
        case .names: areUniqueNames(value)
        case .exclusive: version >= .version31 ? value.kind == .number : value.bool != nil
        }
    }

    /// Whether a value is a list of different strings.
    private static func areUniqueNames(_ value: JSONValue) -> Bool {
        guard value.kind == .array else { return false }
        var seen: Set<String> = []
        return value.elements.allSatisfy { $0.string.map { seen.insert($0).inserted } ?? false }
    }
}
