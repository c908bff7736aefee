import JSONDocuments

/// `encoding` stands where it has an effect.
struct InvalidEncoding: LintRule {
    static let profile = RuleProfile(
        id: "invalid-encoding",
        summary:
            "`encoding` belongs to forms and multipart, `prefixEncoding` and `itemEncoding` to multipart, and not both kinds at once.",
        why: "Elsewhere they are ignored, and the author believes that they hold (OpenAPI 3.2 §4.14.1).",
        category: .operations, severity: .error, versions: [.version32],
        good: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody:
                    content:
                      multipart/form-data:
                        schema: {type: object, properties: {photo: {}}}
                        encoding: {photo: {contentType: image/png}}
                  responses: {'204': {description: done}}
            """,
        bad: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets:
                post:
                  requestBody:
                    content:
                      application/json:
                        schema: {type: object, properties: {photo: {}}}
                        encoding: {photo: {contentType: image/png}}
                  responses: {'204': {description: done}}
            """)

    static let interests: [NodeInterest] = [.having("encoding", "prefixEncoding", "itemEncoding", in: .mediaType)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let type = node.name?.lowercased() else { return }
        let isMultipart = type.hasPrefix("multipart/")
        let isForm = type.hasPrefix("application/x-www-form-urlencoded")
        if let encoding = node["encoding"] {
            if !isMultipart, !isForm {
                context.report("`encoding` has no effect on `\(type)`", at: encoding)
            } else if node["prefixEncoding"] != nil || node["itemEncoding"] != nil {
                context.report("`encoding` cannot stand beside `prefixEncoding` or `itemEncoding`", at: encoding)
            }
        }
        for name in ["prefixEncoding", "itemEncoding"] {
            guard let value = node[name], !isMultipart else { continue }
            context.report("`\(name)` has no effect on `\(type)`: it is for multipart", at: value)
        }
    }
}
