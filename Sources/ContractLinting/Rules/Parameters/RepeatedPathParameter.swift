import JSONDocuments

/// What all operations of a path share is said once.
struct RepeatedPathParameter: LintRule {
    static let profile = RuleProfile(
        id: "repeated-path-parameter",
        summary: "A path parameter that every operation of a path repeats belongs to the path item.",
        why: "Said once, it cannot be changed in one operation and forgotten in another.",
        category: .parameters, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                parameters: [{name: id, in: path, required: true, schema: {type: string}}]
                get: {responses: {'200': {description: pet}}}
                delete: {responses: {'204': {description: gone}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}:
                get:
                  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
                  responses: {'200': {description: pet}}
                delete:
                  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
                  responses: {'204': {description: gone}}
            """)

    static let interests: [NodeInterest] = [.every(.pathItem)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.kind == .object else { return }
        let operations = node.value.members.filter { Self.methods.contains($0.name) && $0.value.kind == .object }
        guard operations.count > 1, let first = operations.first else { return }
        let rest = operations.dropFirst().map { Self.pathParameters(of: $0.value, context) }
        for (name, place) in Self.pathParameters(of: first.value, context) {
            guard rest.allSatisfy({ $0.contains { $0.name == name } }) else { continue }
            context.report(
                "every operation of the path repeats the parameter `\(name)`", at: place,
                suggestion: "move it to the path item's `parameters`")
        }
    }

    /// Names and places of the path parameters of an operation.
    private static func pathParameters(
        of operation: JSONValue, _ context: LintContext
    ) -> [(name: String, place: JSONValue)] {
        (operation["parameters"]?.elements.map { $0 } ?? []).compactMap { element in
            guard let parameter = context.followed(element), parameter["in"]?.isString("path") == true,
                let name = parameter["name"]?.string
            else { return nil }
            return (name, element)
        }
    }

    /// Keys of operations in a path item.
    private static let methods: Set<String> = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
    ]
}
