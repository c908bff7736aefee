import JSONDocuments

/// Responses use the media types that were agreed on.
struct ResponseMediaType: LintRule {
    static let profile = RuleProfile(
        id: "response-mime-type",
        summary: "Responses use the media types of the option `allowed`: by default JSON and streams of it.",
        why: "Every further format is another parser in every client.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {application/json: {schema: {type: object}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  responses:
                    '200': {description: pets, content: {application/x-pet: {schema: {type: string}}}}
            """)

    static let interests: [NodeInterest] = [.having("content", in: .response), .having("produces", in: .operation)]

    /// What may be answered.
    private var allowed = AllowedMediaTypes([
        "application/json", "application/*+json", "application/jsonl", "application/json-seq", "text/event-stream",
        "application/octet-stream",
    ])

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        if let list = try RuleOptions(options, of: Self.profile, names: ["allowed"]).list("allowed") {
            allowed = AllowedMediaTypes(list)
        }
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for media in node["content"]?.members.map({ $0 }) ?? [] where !allowed.contains(media.name) {
            context.report("`\(media.name)` is none of \(allowed.description)", atNameOf: media.value)
        }
        for element in node["produces"]?.elements.map({ $0 }) ?? [] {
            guard let name = element.string, !allowed.contains(name) else { continue }
            context.report("`\(name)` is none of \(allowed.description)", at: element)
        }
    }
}
