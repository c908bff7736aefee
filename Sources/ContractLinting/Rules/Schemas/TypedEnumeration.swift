import JSONDocuments

/// The values of an enumeration have the type that stands beside it.
struct TypedEnumeration: LintRule {
    static let profile = RuleProfile(
        id: "typed-enum",
        summary: "Every value of `enum` has the `type` of its schema.",
        why: "A value of another type can never be sent: the type refuses it.",
        category: .schemas,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Legs: {type: integer, enum: [2, 4]}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Legs: {type: integer, enum: [2, four]}}
            """)

    static let interests: [NodeInterest] = [
        .having("enum", in: .schema), .having("enum", in: .parameter), .having("enum", in: .header),
        .having("enum", in: .items),
    ]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let values = node["enum"], values.kind == .array, let type = node["type"] else { return }
        let types = type.kind == .array ? Array(type.elements) : [type]
        guard !types.isEmpty, types.allSatisfy({ $0.kind == .string }) else { return }
        let takesNull = node["nullable"]?.bool == true || node["x-nullable"]?.bool == true
        for value in values.elements {
            if value.isNull && takesNull || types.contains(where: { Self.has(value, type: $0) }) { continue }
            let names = types.compactMap(\.string).joined(separator: ",")
            context.report("Enum value \(Self.text(of: value)) must be \"\(names)\".", at: value)
        }
    }

    /// Whether a value has a type; one that nobody knows is another rule's business.
    private static func has(_ value: JSONValue, type: JSONValue) -> Bool {
        switch type.string {
        case "string": value.kind == .string
        case "integer": value.number?.isMathematicalInteger ?? false
        case "number": value.kind == .number
        case "boolean": value.bool != nil
        case "array": value.kind == .array
        case "object": value.kind == .object
        case "null": value.isNull
        default: true
        }
    }

    /// A value as it is written in JSON, cut where it is long.
    static func text(of value: JSONValue) -> String {
        switch value.kind {
        case .string: "\"\(value.string ?? "")\""
        case .number: value.numberLiteral ?? ""
        case .null: "null"
        case .true: "true"
        case .false: "false"
        case .array: "[…]"
        case .object: "{…}"
        }
    }
}
