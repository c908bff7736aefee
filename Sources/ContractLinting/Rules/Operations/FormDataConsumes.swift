import JSONDocuments

/// An operation of 2.0 with form fields takes a type of content that has fields.
struct FormDataConsumes: LintRule {
    static let profile = RuleProfile(
        id: "oas2-operation-formData-consume-check",
        summary: """
            An operation with `formData` parameters consumes `application/x-www-form-urlencoded` or \
            `multipart/form-data`.
            """,
        why: "Other types of content have no form fields (2.0, Parameter Object).",
        category: .operations, versions: .version2,
        good: """
            swagger: '2.0'
            paths:
              /pets:
                post:
                  consumes: [multipart/form-data]
                  parameters: [{in: formData, name: photo, type: file}]
            """,
        bad: """
            swagger: '2.0'
            paths:
              /pets:
                post:
                  consumes: [application/json]
                  parameters: [{in: formData, name: photo, type: file}]
            """)

    static let interests: [NodeInterest] = [.having("parameters", in: .operation)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let parameters = node["parameters"], parameters.kind == .array,
            parameters.elements.contains(where: { context.followed($0)?["in"]?.isString("formData") == true })
        else { return }
        let consumes = node["consumes"] ?? context.root["consumes"]
        let takesForms = consumes?.elements.contains { type in
            let text = (type.string ?? "").lowercased()
            return text.hasPrefix("application/x-www-form-urlencoded") || text.hasPrefix("multipart/form-data")
        }
        guard takesForms != true else { return }
        context.report(
            "Operations with \"in: formData\" parameter must include \"application/x-www-form-urlencoded\" or "
                + "\"multipart/form-data\" in their \"consumes\" property.", at: node["consumes"] ?? node.value)
    }
}
