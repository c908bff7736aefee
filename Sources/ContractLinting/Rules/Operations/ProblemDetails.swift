import JSONDocuments

/// Errors are told in the form that RFC 9457 gives them.
struct ProblemDetails: LintRule {
    static let profile = RuleProfile(
        id: "problem-details",
        summary: "4xx and 5xx responses use `application/problem+json` with `type` and `title`.",
        why:
            "One form for all errors (RFC 9457) lets clients, and the gateway that speaks it too, treat them in one place.",
        category: .operations, isRecommended: false, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets}
                    '400':
                      description: bad
                      content:
                        application/problem+json:
                          schema: {type: object, properties: {type: {type: string}, title: {type: string}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets}
                    '400': {description: bad, content: {application/json: {schema: {type: object}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let responses = node["responses"], responses.kind == .object else { return }
        for member in responses.members {
            guard let status = StatusPattern.statusClass(of: member.name), status >= 4,
                let response = context.followed(member.value), let content = response["content"]
            else { continue }
            guard let problem = content["application/problem+json"] else {
                context.report("\(member.name) does not use `application/problem+json`", atNameOf: member.value)
                continue
            }
            guard let schema = problem["schema"].flatMap({ context.followed($0) }), schema["allOf"] == nil else {
                continue
            }
            for name in ["type", "title"] where schema["properties"]?[name] == nil {
                context.report("the schema of \(member.name) does not describe `\(name)` (RFC 9457 §3.1)", at: schema)
            }
        }
    }
}
