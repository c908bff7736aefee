import JSONDocuments

/// The version of the interface is a semantic one: MAJOR.MINOR.PATCH with pre-release and build (semver.org 2.0.0).
struct SemanticInfoVersion: LintRule {
    static let profile = RuleProfile(
        id: "info-version-semver",
        summary: "`info.version` is a semantic version.",
        why: "Readers then see from the number whether a change can break them.",
        category: .info, isRecommended: false,
        good: """
            openapi: 3.1.0
            info: {title: Pets, version: 1.4.0-rc.1}
            """,
        bad: """
            openapi: 3.1.0
            info: {title: Pets, version: v1}
            """)

    static let interests: [NodeInterest] = [.having("version", in: .info)]

    func visit(_ node: LintNode, _ context: LintContext) {
        guard let version = node["version"], !Self.isSemantic(version.string ?? version.numberLiteral ?? "") else {
            return
        }
        context.report("Info \"version\" must be a semantic version such as 1.4.0.", at: version)
    }

    /// Whether a text follows the grammar of semantic versions.
    static func isSemantic(_ text: String) -> Bool {
        let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if withoutBuild.count == 2, !areIdentifiers(withoutBuild[1], canHaveLeadingZeros: true) { return false }
        let parts = withoutBuild[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !areIdentifiers(parts[1], canHaveLeadingZeros: false) { return false }
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers.allSatisfy { isNumber($0) }
    }

    /// Identifiers between dots.
    private static func areIdentifiers(_ text: Substring, canHaveLeadingZeros: Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard !part.isEmpty, part.utf8.allSatisfy({ isIdentifierByte($0) }) else { return false }
            return canHaveLeadingZeros || !part.utf8.allSatisfy(isDigit) || isNumber(part)
        }
    }

    /// A number without leading zeros.
    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit) && (text.utf8.count == 1 || text.utf8.first != 0x30)
    }

    /// An ASCII digit.
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A letter, digit or hyphen.
    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D
    }
}
