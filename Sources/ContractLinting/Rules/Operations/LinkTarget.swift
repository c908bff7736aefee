import JSONDocuments
import SourceDiagnostics

/// Links lead to operations.
struct LinkTarget: LintRule {
    static let profile = RuleProfile(
        id: "link-operation-target",
        summary: "A link has either `operationId` or `operationRef`, and it leads to an operation.",
        why: "A link that leads nowhere is found by the client that follows it (OpenAPI 3.1 §4.8.20).",
        category: .operations, severity: .error, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  operationId: listPets
                  responses: {'200': {description: pets, links: {next: {operationId: listPets}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get:
                  operationId: listPets
                  responses: {'200': {description: pets, links: {next: {operationId: listPet}}}}
            """)

    static let interests: [NodeInterest] = [.every(.link), .having("operationId", in: .operation)]

    /// Links by id of the operation that they want.
    private var wanted: [(id: JSONValue, text: String)] = []
    /// Ids of operations.
    private var ids: Set<String> = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        if node.kind == .operation {
            if let id = node["operationId"]?.string { ids.insert(id) }
            return
        }
        switch (node["operationId"], node["operationRef"]) {
        case (nil, nil): context.report("a link needs `operationId` or `operationRef`", at: node.value)
        case (_?, let reference?): context.report("a link has `operationId` or `operationRef`, not both", at: reference)
        case (let id?, nil): if let text = id.string { wanted.append((id, text)) }
        case (nil, let reference?): check(reference, context)
        }
    }

    /// Looks at a reference to an operation.
    private func check(_ reference: JSONValue, _ context: LintContext) {
        // References into documents that are not loaded (those of other services) are not ours to judge.
        guard let text = reference.string, text.hasPrefix("#"),
            context.document.target(ofText: text, from: reference) == nil
        else { return }
        context.report("`\(text)` leads nowhere", at: reference)
    }

    mutating func finish(_ context: LintContext) {
        for (id, text) in wanted where !ids.contains(text) {
            context.report(
                "no operation has the id `\(text)`", at: id,
                suggestion: NearestName.among(ids.sorted(), to: text).map { "did you mean `\($0)`?" })
        }
    }
}
