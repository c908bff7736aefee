import JSONDocuments

/// The operations of a path stand in one order.
struct OperationOrder: LintRule {
    static let profile = RuleProfile(
        id: "path-http-verbs-order",
        summary: "The operations of a path stand in the order that the option `order` gives.",
        why: "Readers find what they look for where it is in every other path.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets: {get: {}, post: {}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets: {post: {}, get: {}}
            """)

    static let interests: [NodeInterest] = [.every(.pathItem)]

    /// Methods in their order.
    private var order = ["get", "head", "query", "post", "put", "patch", "delete", "options", "trace"]

    /// Takes `order: [method…]`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        order = try RuleOptions(options, of: Self.profile, names: ["order"]).list("order") ?? order
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        var last: (place: Int, name: String)?
        for member in node.value.members {
            guard let place = order.firstIndex(of: member.name) else { continue }
            if let last, place < last.place {
                context.report(
                    "Operation \"\(member.name)\" must stand before \"\(last.name)\".", atNameOf: member.value)
            } else {
                last = (place, member.name)
            }
        }
    }
}
