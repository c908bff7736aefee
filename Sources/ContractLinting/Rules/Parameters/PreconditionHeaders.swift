import JSONDocuments

/// Conditional requests have all their parts.
struct PreconditionHeaders: LintRule {
    static let profile = RuleProfile(
        id: "precondition-headers",
        summary: "A 412 goes with a conditional header field, and `If-Match` with an `ETag` in the response to GET.",
        why:
            "A client cannot send a condition that is not described, nor take its value from a field that is not there.",
        category: .parameters, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet:
                get: {responses: {'200': {description: pet, headers: {ETag: {schema: {type: string}}}}}}
                put:
                  parameters: [{name: If-Match, in: header, schema: {type: string}}]
                  responses: {'204': {description: done}, '412': {description: somebody was faster}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet:
                put: {responses: {'204': {description: done}, '412': {description: somebody was faster}}}
            """)

    static let interests: [NodeInterest] = [.every(.pathItem)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard node.value.kind == .object else { return }
        let hasTag = Self.answersWithTag(node["get"], context)
        for method in ["put", "post", "patch", "delete"] {
            guard let operation = node[method] else { continue }
            let fields = Self.headerFields(of: operation, shared: node["parameters"], context)
            let conditions = fields.filter { Self.conditional.contains($0.name) }
            if let refusal = operation["responses"]?["412"], conditions.isEmpty {
                context.report("412 without a conditional header parameter such as `If-Match`", atNameOf: refusal)
            }
            if !hasTag, let match = conditions.first(where: { $0.name == "if-match" }) {
                context.report("`If-Match` without an `ETag` in the response to GET of this path", at: match.place)
            }
        }
    }

    /// Whether a successful response to GET has a validator.
    private static func answersWithTag(_ operation: JSONValue?, _ context: LintContext) -> Bool {
        guard let responses = operation?["responses"], responses.kind == .object else { return false }
        return responses.members.contains { member in
            guard StatusPattern.statusClass(of: member.name) == 2, let response = context.followed(member.value) else {
                return false
            }
            return response["headers"]?.members.contains { $0.name.lowercased() == "etag" } ?? false
        }
    }

    /// Names, in small letters, and places of the header parameters of an operation.
    private static func headerFields(
        of operation: JSONValue, shared: JSONValue?, _ context: LintContext
    ) -> [(name: String, place: JSONValue)] {
        [operation["parameters"], shared].compactMap { $0 }.flatMap { list in
            list.elements.compactMap { element in
                guard let parameter = context.followed(element), parameter["in"]?.isString("header") == true,
                    let name = parameter["name"]?.string
                else { return nil }
                return (name.lowercased(), element)
            }
        }
    }

    /// RFC 9110 §13.1.
    private static let conditional: Set<String> = [
        "if-match", "if-none-match", "if-modified-since", "if-unmodified-since",
    ]
}
