import JSONDocuments

/// No value stands twice in an enumeration.
struct RepeatedEnumerationEntry: LintRule {
    static let profile = RuleProfile(
        id: "duplicated-entry-in-enum",
        summary: "No two values of `enum` are equal.",
        why: "One of them was probably meant to be another value.",
        category: .schemas,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Kind: {enum: [cat, dog]}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            components:
              schemas: {Kind: {enum: [cat, cat]}}
            """)

    static let interests: [NodeInterest] = [
        .having("enum", in: .schema), .having("enum", in: .parameter), .having("enum", in: .header),
        .having("enum", in: .items),
    ]

    /// Arrays and objects of one enumeration that are compared each with each other.
    private static let limit = 200

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let values = node["enum"], values.kind == .array, values.count > 1 else { return }
        var scalars: [String: Int] = [:]
        var containers: [(place: Int, value: JSONValue)] = []
        for (place, value) in values.elements.enumerated() {
            var first: Int?
            if let key = Self.key(of: value) {
                first = scalars[key]
                if first == nil { scalars[key] = place }
            } else {
                first = containers.first { $0.value.structurallyEquals(value) }?.place
                if first == nil, containers.count < Self.limit { containers.append((place, value)) }
            }
            guard let first else { continue }
            context.report(
                "\"enum\" property must not have duplicate items (items ## \(first) and \(place) are identical)",
                at: values, range: value.range)
        }
    }

    /// A text that equal scalars share; nil for arrays and objects.
    private static func key(of value: JSONValue) -> String? {
        switch value.kind {
        case .string: "s" + (value.string ?? "")
        case .number: "n" + (value.double.map { "\($0)" } ?? value.numberLiteral ?? "")
        case .null: "null"
        case .true: "true"
        case .false: "false"
        case .array, .object: nil
        }
    }
}
