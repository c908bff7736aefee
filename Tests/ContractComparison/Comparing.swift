import ContractComparison
import ContractLinting
import SourceDiagnostics

/// Comparisons of documents that tests write down.
enum Comparing {
    /// The policy of tests: on 2026-11-27.
    static var policy: ComparisonPolicy { ComparisonPolicy(today: CalendarDate(dayNumber: 20_784)) }

    /// What changes from one document to another.
    static func findings(_ old: String, _ new: String, _ policy: ComparisonPolicy = policy) -> [Finding] {
        let (base, revision) = (document(old, "old.yaml"), document(new, "new.yaml"))
        return ContractComparison(policy).findings(from: base, to: revision)
    }

    /// A document in memory.
    static func document(_ text: String, _ name: String) -> LintDocument {
        LintLoader().load(SourceFile(path: name, bytes: Array(text.utf8)))
    }

    /// A document with one operation that takes and gives a schema.
    static func exchanging(
        _ schema: String, in direction: Direction, version: String = "3.1.0", components: String = "{}"
    ) -> String {
        let content = "content: {application/json: {schema: \(schema)}}"
        let body =
            direction == .request
            ? "requestBody: {\(content)}, responses: {'204': {description: done}}"
            : "responses: {'200': {description: done, \(content)}}"
        return """
            openapi: \(version)
            info: {title: t, version: '1'}
            paths: {/a: {post: {\(body)}}}
            components: {schemas: \(components)}
            """
    }

    /// Which way a schema goes.
    enum Direction { case request, response }

    /// The checks that find something at or above warnings, and what else they find, without the news about the version.
    static func checks(
        _ old: String, _ new: String, _ direction: Direction, version: String = "3.1.0",
        components: (String, String) = ("{}", "{}")
    ) -> [String] {
        findings(
            exchanging(old, in: direction, version: version, components: components.0),
            exchanging(new, in: direction, version: version, components: components.1)
        ).filter { $0.rule != "api-version-not-bumped" }.map { finding in
            let mark = finding.severity == .error ? "!" : finding.severity == .warning ? "?" : ""
            return mark + finding.rule
        }.sorted()
    }
}
