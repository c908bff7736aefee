import JSONDocuments

/// Nothing is open by accident.
struct SecurityOnEveryOperation: LintRule {
    static let profile = RuleProfile(
        id: "security-on-every-operation",
        summary:
            "Every operation is protected, by the document's `security` or its own; with `unsafeOnly`, those that change things.",
        why: "An operation that nobody protected is open to everybody.",
        category: .security, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            security: [{key: []}]
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            components: {securitySchemes: {key: {type: apiKey, name: X-Key, in: header}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    /// Whether reading may be open.
    private var unsafeOnly = false

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        unsafeOnly = try RuleOptions(options, of: Self.profile, names: ["unsafeOnly"]).flag("unsafeOnly") ?? false
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation else { return }
        if unsafeOnly, ["get", "head", "options", "trace", "query"].contains(node.name ?? "") { return }
        let security = node["security"] ?? context.root["security"]
        guard let security, security.kind == .array, security.count > 0 else {
            return context.report("the operation is open to everybody", at: node["security"] ?? node.value)
        }
        // An empty requirement among others: anonymous is fine too.
        if let open = security.elements.first(where: { $0.kind == .object && $0.count == 0 }) {
            context.report("`{}` makes every other requirement optional", at: open)
        }
    }
}
