import JSONDocuments

/// Replies carry the header fields that they need.
struct ResponseContainsHeader: LintRule {
    static let profile = RuleProfile(
        id: "response-contains-header",
        summary:
            "Responses describe the header fields that the option `names` demands by status, such as `Retry-After` on 429.",
        why: "A client that is told to slow down has to know for how long.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '429': {description: slow down, headers: {Retry-After: {schema: {type: integer}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'429': {description: slow down}}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    /// Fields by status.
    private var names: [(name: String, texts: [String])] = [("429", ["Retry-After"])]

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        names = try RuleOptions(options, of: Self.profile, names: ["names"]).lists("names") ?? names
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let responses = node["responses"], responses.kind == .object else { return }
        for member in responses.members {
            for demand in names where StatusPattern.covers(demand.name, member.name) {
                guard let response = context.followed(member.value) else { continue }
                let present = response["headers"]?.members.map { $0.name.lowercased() } ?? []
                for field in demand.texts where !present.contains(field.lowercased()) {
                    context.report(
                        "\(member.name) does not describe the header field `\(field)`", atNameOf: member.value)
                }
            }
        }
    }
}
