import JSONDocuments
import OpenAPIDocuments

/// The parameters of an operation can be told apart.
struct OperationParameters: LintRule {
    static let profile = RuleProfile(
        id: "operation-parameters",
        summary:
            "No two parameters of an operation have the same name and place; 2.0: it has one body, or form fields.",
        why: "Which of two equal parameters counts is up to each tool.",
        category: .parameters,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query}, {name: kind, in: header}]
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  parameters: [{name: kind, in: query}, {name: kind, in: query}]
            """)

    static let interests: [NodeInterest] = [.having("parameters", in: .operation)]

    /// What tells parameters apart.
    private struct Identity: Hashable {
        /// The place.
        let location: String
        /// The name.
        let name: String
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let list = node["parameters"], list.kind == .array else { return }
        var seen: Set<Identity> = []
        var bodies = 0
        var hasForm = false
        for place in list.elements {
            guard let parameter = context.followed(place), let location = parameter["in"]?.string,
                let name = parameter["name"]?.string
            else { continue }
            // Names of header fields have no case (RFC 9110 §5.1).
            let identity = Identity(location: location, name: location == "header" ? name.lowercased() : name)
            if !seen.insert(identity).inserted {
                context.report(
                    "A parameter in this operation already exposes the same combination of \"name\" and \"in\" values.",
                    at: place)
            }
            guard context.version == .version2 else { continue }
            if location == "formData" { hasForm = true }
            if location == "body" {
                bodies += 1
                if bodies > 1 {
                    context.report(
                        "Operation must not have more than a single instance of the \"in:body\" parameter.", at: place)
                }
            }
        }
        if bodies > 0, hasForm {
            context.report("Operation must not have both \"in:body\" and \"in:formData\" parameters.", at: list)
        }
    }
}
