import JSONDocuments
import SourceDiagnostics

/// Tags make a tree.
struct TagParents: LintRule {
    static let profile = RuleProfile(
        id: "tag-parents",
        summary: "The parent of a tag is declared, and no tag is its own ancestor.",
        why: "`parent` has to name a tag of the document, without circles (OpenAPI 3.2 §4.22).",
        category: .tags, severity: .error, versions: [.version32],
        good: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: animals}, {name: pets, parent: animals}]
            paths: {}
            """,
        bad: """
            openapi: 3.2.0
            info: {title: Pets, version: 1.0.0}
            tags: [{name: animals}, {name: pets, parent: animal}]
            paths: {}
            """)

    static let interests: [NodeInterest] = [.having("name", in: .tag)]

    /// Names of parents by tag; nil for tags at the top.
    private var parents: [String: String?] = [:]
    /// Tags with a parent, in order.
    private var children: [(name: String, parent: JSONValue)] = []

    mutating func visit(_ node: LintNode, _ context: LintContext) {
        guard let name = node["name"]?.string else { return }
        parents[name] = .some(node["parent"]?.string)
        if let parent = node["parent"] { children.append((name, parent)) }
    }

    mutating func finish(_ context: LintContext) {
        for child in children {
            guard let name = child.parent.string else { continue }
            guard parents[name] != nil else {
                context.report(
                    "no tag is named `\(name)`", at: child.parent,
                    suggestion: NearestName.among(parents.keys.sorted(), to: name).map { "did you mean `\($0)`?" })
                continue
            }
            if isItsOwnAncestor(child.name) {
                context.report("`\(child.name)` is its own ancestor", at: child.parent)
            }
        }
    }

    /// Whether following parents from a tag leads back to it.
    private func isItsOwnAncestor(_ name: String) -> Bool {
        var current = name
        for _ in parents {
            guard let known = parents[current], let parent = known else { return false }
            if parent == name { return true }
            current = parent
        }
        return false
    }
}
