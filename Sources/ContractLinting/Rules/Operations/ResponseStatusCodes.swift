import JSONDocuments

/// Statuses are those that HTTP knows, used for what they mean.
struct ResponseStatusCodes: LintRule {
    static let profile = RuleProfile(
        id: "response-status-codes",
        summary: "Statuses are registered ones, and 201, 204, 205 and 304 are used for what they mean.",
        why:
            "Clients, caches and gateways act by the status: a 204 with content or a number of one's own confuses them.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}, '204': {description: none}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'299': {description: pets}, '201': {description: made}}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let responses = node["responses"], responses.kind == .object else { return }
        for member in responses.members {
            guard let status = Int(member.name), StatusPattern.statusClass(of: member.name) != nil else { continue }
            check(status, member.value, of: node, context)
        }
    }

    /// Looks at one status.
    private func check(_ status: Int, _ response: JSONValue, of operation: LintNode, _ context: LintContext) {
        if !StatusPattern.registered.contains(status) {
            return context.report("\(status) is no registered status (RFC 9110 §16.2.1)", atNameOf: response)
        }
        let described = context.followed(response)
        switch status {
        case 201 where operation.name == "get" || operation.name == "head" || operation.name == "delete":
            context.report(
                "201 says that something was created, which \(operation.name?.uppercased() ?? "this method") does not do",
                atNameOf: response)
        case 204, 205, 304:
            let content = described?["content"] ?? described?["schema"]
            if let content, content.kind == .object, content.count > 0 {
                context.report("a reply with status \(status) has no content (RFC 9110 §6.4.1)", at: content)
            }
        default: break
        }
    }
}
