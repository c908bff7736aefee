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
            if value.isNull && takesNull || types.compactMap(\.string).contains(where: value.isOfType) { continue }
            let names = types.compactMap(\.string).joined(separator: ",")
            context.report("Enum value \(Self.text(of: value)) must be \"\(names)\".", at: value)
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

extension JSONValue {
    /// Whether a value has the type of a schema; a name that nobody knows is another rule's business.
    package func isOfType(_ name: String) -> Bool {
        switch name {
        case "string": kind == .string
        case "integer": number?.isMathematicalInteger ?? false
        case "number": kind == .number
        case "boolean": bool != nil
        case "array": kind == .array
        case "object": kind == .object
        case "null": isNull
        default: true
        }
    }
}
