import JSONDocuments

/// Whether paths have a version: some houses demand it, others forbid it.
struct PathVersion: LintRule {
    static let profile = RuleProfile(
        id: "path-version",
        summary:
            "No path has a segment such as `v1`; with the option `policy: required`, the first one of each is one.",
        why: "An interface with both kinds of paths has two versions at once, or none.",
        category: .paths, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /pets: {}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.0.0}
            paths:
              /v1/pets: {}
            """)

    static let interests: [NodeInterest] = [.every(.paths)]

    /// Whether a version must be there.
    private var isRequired = false

    /// Takes `policy: required` or `policy: forbidden`.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        let options = try RuleOptions(options, of: Self.profile, names: ["policy"])
        isRequired = try options.word("policy", among: ["required", "forbidden"]) == "required"
    }

    func visit(_ node: LintNode, _ context: LintContext) {
        for path in PathSegments.all(of: node.value) {
            if isRequired, path.segments.first.map({ Self.isVersion($0.text) }) != true {
                context.report("Path must begin with a version such as \"/v1\".", atNameOf: path.item)
            } else if !isRequired, let version = path.literals.first(where: { Self.isVersion($0) }) {
                context.report("Path must not contain the version \"\(version)\".", atNameOf: path.item)
            }
        }
    }

    /// Whether a segment is a version: `v` and a number.
    static func isVersion(_ segment: Substring) -> Bool {
        let bytes = segment.utf8
        guard bytes.count > 1, let first = bytes.first, first | 0x20 == 0x76 else { return false }
        return bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    }
}
