import JSONDocuments

/// Operations have a line that says what they do.
struct OperationSummary: LintRule {
    static let profile = RuleProfile(
        id: "operation-summary",
        summary:
            "An operation has a summary, within `maxLength` code points, without a full stop if `noTrailingPeriod`.",
        why: "The summary is what people see in lists of operations, where a description is too long.",
        category: .operations, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {summary: List the pets, responses: {'200': {description: pets}}}}}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths: {/pets: {get: {responses: {'200': {description: pets}}}}}
            """)

    static let interests: [NodeInterest] = [.every(.operation)]

    /// The greatest length in code points.
    private var maxLength: Int?
    /// Whether a full stop at the end is one too many.
    private var noTrailingPeriod = false

    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let options = try RuleOptions(options, of: Self.profile, names: ["maxLength", "noTrailingPeriod"])
        maxLength = try options.number("maxLength")
        noTrailingPeriod = try options.flag("noTrailingPeriod") ?? false
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let summary = node["summary"], !summary.isBlank else {
            return context.report("Operation must have a non-empty \"summary\".", at: node["summary"] ?? node.value)
        }
        guard maxLength != nil || noTrailingPeriod, let text = summary.string else { return }
        if let maxLength, text.unicodeScalars.count > maxLength {
            context.report(
                "the summary has \(text.unicodeScalars.count) code points, at most \(maxLength) fit", at: summary)
        }
        if noTrailingPeriod, text.hasSuffix(".") { context.report("the summary ends with a full stop", at: summary) }
    }
}
