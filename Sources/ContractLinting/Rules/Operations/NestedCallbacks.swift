/// A callback has no callbacks.
struct NestedCallbacks: LintRule {
    static let profile = RuleProfile(
        id: "oas3-callbacks-in-callbacks",
        summary: "No operation of a callback has `callbacks` itself.",
        why: "Hardly any tool follows callbacks of callbacks, so nobody would ever see them.",
        category: .operations, versions: .version3,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  callbacks: {added: {'{$request.body#/url}': {post: {summary: A pet is there.}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  callbacks: {added: {'{$request.body#/url}': {post: {callbacks: {}}}}}
            """)

    static let interests: [NodeInterest] = [.having("callbacks", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isInside(.callback), let callbacks = node["callbacks"] else { return }
        context.report("Callbacks should not be defined within a callback", at: callbacks)
    }
}
