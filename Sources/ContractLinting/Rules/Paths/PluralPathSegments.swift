import JSONDocuments

/// Collections have plural names: the segment before a parameter.
struct PluralPathSegments: LintRule {
    static let profile = RuleProfile(
        id: "path-segment-plural",
        summary: "A segment that a parameter follows is a plural.",
        why: "`/pets/{id}` reads as one of the pets; clients guess plurals.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets/{id}: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pet/{id}: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Segments that are all right as they are.
    private var exceptions: Set<String> = []
    /// Plurals without an s.
    private static let irregular: Set<String> = [
        "people", "children", "men", "women", "data", "media", "criteria", "indices", "feet", "teeth", "mice",
    ]

    /// Takes `exceptions: [segment…]`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        exceptions = try RuleOptions(options, of: Self.profile, names: ["exceptions"]).strings("exceptions") ?? []
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for path in PathSegments.all(of: node.value) {
            for (segment, next) in zip(path.segments, path.segments.dropFirst()) {
                guard next.isVariable, !segment.isVariable, !isPlural(segment.text) else { continue }
                context.report("Path segment \"\(segment.text)\" must be plural.", atNameOf: path.item)
            }
        }
    }

    /// Whether the last word of a segment is a plural, or the segment a version.
    private func isPlural(_ segment: Substring) -> Bool {
        if exceptions.contains(String(segment)) || PathVersion.isVersion(segment) { return true }
        guard let last = WordCasing.words(in: segment).last else { return true }
        return last.hasSuffix("s") && !last.hasSuffix("ss") || Self.irregular.contains(last)
    }
}
