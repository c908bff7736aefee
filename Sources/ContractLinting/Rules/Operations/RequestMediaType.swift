import JSONDocuments

/// Requests use the media types that were agreed on.
struct RequestMediaType: LintRule {
    static let profile = RuleProfile(
        id: "request-mime-type",
        summary: "Request bodies use the media types of the option `allowed`: by default JSON, forms and multipart.",
        why: "Every further format is another parser in every client and every service.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody: {content: {application/json: {schema: {type: object}}}}
                  responses: {'204': {description: done}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody: {content: {application/x-pet: {schema: {type: string}}}}
                  responses: {'204': {description: done}}
            """)

    static let interests: [NodeInterest] = [.having("content", in: .requestBody), .having("consumes", in: .operation)]

    /// What may be sent.
    private var allowed = AllowedMediaTypes([
        "application/json", "application/*+json", "application/x-www-form-urlencoded", "multipart/form-data",
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
        for element in node["consumes"]?.elements.map({ $0 }) ?? [] {
            guard let name = element.string, !allowed.contains(name) else { continue }
            context.report("`\(name)` is none of \(allowed.description)", at: element)
        }
    }
}
