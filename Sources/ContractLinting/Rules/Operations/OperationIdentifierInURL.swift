import JSONDocuments

/// Names of operations can be part of a URL (RFC 3986 §2: unreserved and reserved characters).
struct OperationIdentifierInURL: LintRule {
    static let profile = RuleProfile(
        id: "operation-operationId-valid-in-url",
        summary: "An `operationId` has no characters that a URL may not hold.",
        why: "Documentation makes links of it.",
        category: .operations,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: list-pets}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                get: {operationId: list all pets}
            """)

    static let interests: [NodeInterest] = [.having("operationId", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard context.isPathOperation, let name = node["operationId"], name.kind == .string,
            !name.withText({ $0.allSatisfy(Self.isPermitted) })
        else { return }
        context.report("operationId must not have characters that are invalid when used in URL.", at: name)
    }

    /// Whether a byte may stand in a URL.
    private static func isPermitted(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte)
    }
}
