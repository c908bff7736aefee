import OpenAPIDocuments
import SourceDiagnostics

/// What people read about a rule: in `--list-rules`, in `--explain`, in the legend of a report.
package struct RuleProfile: Sendable {
    /// The stable kebab-case name; Spectral's wherever Spectral has the rule.
    package let id: String
    /// What the rule asks for, one sentence.
    package let summary: String
    /// Why it matters, a sentence or two.
    package let why: String
    /// What the rule is about.
    package let category: RuleCategory
    /// How much a finding matters where nobody says otherwise.
    package let severity: Severity
    /// Whether the recommended set contains it.
    package let isRecommended: Bool
    /// The versions that it applies to.
    package let versions: Set<OpenAPIVersion>
    /// A document in YAML that keeps the rule.
    package let good: String
    /// A document in YAML that breaks it.
    package let bad: String

    /// A profile.
    ///
    /// - Parameters:
    ///   - id: The stable kebab-case name.
    ///   - summary: What the rule asks for, one sentence.
    ///   - why: Why it matters.
    ///   - category: What it is about.
    ///   - severity: How much a finding matters by default.
    ///   - isRecommended: Whether it is on where no ruleset says otherwise.
    ///   - versions: The versions that it applies to; others do not know what it speaks about.
    ///   - good: A document that keeps the rule. As short as can be: both are linted by the tests with this rule alone.
    ///   - bad: A document that breaks it.
    package init(
        id: String, summary: String, why: String, category: RuleCategory, severity: Severity = .warning,
        isRecommended: Bool = true, versions: Set<OpenAPIVersion> = .all, good: String, bad: String
    ) {
        self.id = id
        self.summary = summary
        self.why = why
        self.category = category
        self.severity = severity
        self.isRecommended = isRecommended
        self.versions = versions
        self.good = good
        self.bad = bad
    }

    /// What a report says about the rule.
    ///
    /// - Parameter documentation: Where a ruleset says that it is explained.
    package func description(documentation: String? = nil) -> RuleDescription {
        RuleDescription(id: id, summary: summary, severity: severity, documentation: documentation)
    }
}

/// What a rule is about: the groups of the rule table, and the folders below Rules/.
package enum RuleCategory: String, Sendable, CaseIterable {
    /// The document as a whole, its files and references.
    case document
    /// `info`, and prose anywhere.
    case info
    /// `servers`, and `host` of 2.0.
    case servers
    /// Keys of `paths`.
    case paths
    /// Operations, request bodies, responses, callbacks, links.
    case operations
    /// Parameters and headers.
    case parameters
    /// Schemas.
    case schemas
    /// Examples and defaults.
    case examples
    /// Tags.
    case tags
    /// Security schemes and requirements.
    case security
    /// What only a gateway knows: contracts that cannot be enforced.
    case gateway
}

extension Set where Element == OpenAPIVersion {
    /// Every version.
    package static var all: Set { Set(OpenAPIVersion.allCases) }
    /// 2.0 only.
    package static var version2: Set { [.version2] }
    /// 3.0 and later.
    package static var version3: Set { [.version30, .version31, .version32] }
    /// 3.1 and later.
    package static var since31: Set { [.version31, .version32] }
}
