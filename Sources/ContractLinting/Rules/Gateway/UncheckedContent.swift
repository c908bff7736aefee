import JSONDocuments
import SourceDiagnostics

/// Content with a schema is checked.
struct UncheckedContent: LintRule {
    static let profile = RuleProfile(
        id: "unchecked-content",
        summary: "Content that has a schema is of a media type that the gateway can read.",
        why:
            "A schema that cannot be held against the content is a promise that nobody keeps: requests are refused, responses pass unchecked.",
        category: .gateway,
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
                  requestBody: {content: {text/csv: {schema: {type: object, required: [name]}}}}
                  responses: {'204': {description: done}}
            """)

    static let interests: [NodeInterest] = []

    mutating func finish(_ context: LintContext) {
        for diagnostic in context.facts.compilation where diagnostic.code == "unchecked-media-type" {
            context.report(diagnostic)
        }
    }
}
