import JSONDocuments

/// Replies have the properties that they need.
struct ResponseContainsProperty: LintRule {
    static let profile = RuleProfile(
        id: "response-contains-property",
        summary:
            "JSON responses describe the properties that the option `names` demands by status; by default errors have a `title`.",
        why: "What every reply of a kind must tell should not depend on who wrote the operation.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '400':
                      description: bad
                      content:
                        application/json: {schema: {type: object, properties: {title: {type: string}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '400':
                      description: bad
                      content:
                        application/json: {schema: {type: object, properties: {reason: {type: string}}}}
            """)

    static let interests: [NodeInterest] = [.having("responses", in: .operation)]

    /// Properties by status.
    private var names: [(name: String, texts: [String])] = [("4XX", ["title"]), ("5XX", ["title"])]

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        names = try RuleOptions(options, of: Self.profile, names: ["names"]).lists("names") ?? names
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let responses = node["responses"], responses.kind == .object else { return }
        for member in responses.members {
            for demand in names where StatusPattern.covers(demand.name, member.name) {
                check(member, has: demand.texts, context)
            }
        }
    }

    /// Looks at the JSON of a response.
    private func check(_ member: JSONMember, has names: [String], _ context: LintContext) {
        guard let content = context.followed(member.value)?["content"], content.kind == .object else { return }
        for media in content.members where media.name.contains("json") {
            guard let schema = media.value["schema"].flatMap({ context.followed($0) }),
                let properties = schema["properties"]
            else { continue }
            for name in names where properties[name] == nil {
                context.report("the JSON of \(member.name) does not describe the property `\(name)`", at: schema)
            }
        }
    }
}
