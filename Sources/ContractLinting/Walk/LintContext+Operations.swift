import OpenAPIDocuments

/// Where an operation stands.
extension LintContext {
    /// Whether the node being visited is an operation of a path: not of a webhook, a callback or a component.
    package var isPathOperation: Bool {
        guard let item = lineage.last, item.kind == .pathItem, let outer = lineage.dropLast().last else { return false }
        return outer.kind == .paths
    }

    /// The path that the node being visited belongs to, as it is written; nil outside of `paths`.
    package var template: String? {
        guard let place = lineage.firstIndex(where: { $0.kind == .paths }), place + 1 < lineage.count else {
            return nil
        }
        return lineage[place + 1].name
    }

    /// Whether the node being visited belongs to a message that clients send.
    package var isInRequest: Bool { isInside(.requestBody) }

    /// Whether the node being visited belongs to a message that services send.
    package var isInResponse: Bool { isInside(.response) }
}
