import JSONDocuments
import SourceDiagnostics

/// The gateway can enforce the contract.
struct ContractCompiles: LintRule {
    static let profile = RuleProfile(
        id: "contract-compiles",
        summary: "The gateway compiles the contract: every schema, parameter and media type can be enforced.",
        why: "What does not compile is refused by `lintel check` and `lintel serve`: the document cannot go live.",
        category: .gateway, severity: .error,
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
                  requestBody: {content: {application json: {schema: {type: object}}}}
                  responses: {'204': {description: done}}
            """)

    static let interests: [NodeInterest] = []

    /// Codes of mistakes that rules of their own report.
    private static let reportedElsewhere: Set<String> = ["bad-pattern", "unresolved-reference"]

    mutating func finish(_ context: LintContext) {
        for diagnostic in context.facts.compilation where diagnostic.severity == .error {
            guard !Self.reportedElsewhere.contains(diagnostic.code) else { continue }
            context.report(diagnostic)
        }
    }
}
