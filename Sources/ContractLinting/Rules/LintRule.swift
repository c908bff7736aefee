import JSONDocuments
import SourceDiagnostics

/// One rule: it looks at nodes of the kinds that it asked for, and reports what it does not like.
///
/// A rule is a value that is made anew for every document, so it may gather what it saw and speak in `finish`. It lives
/// in a file of its own, below Rules/ in the folder of its category, and stands in that category's list.
///
///     struct LicenseURL: LintRule {
///         static let profile = RuleProfile(…)
///         static let interests: [NodeInterest] = [.every(.license)]
///
///         func visit(_ node: LintNode, _ context: LintContext) {
///             if node["url"] == nil { context.report("License object must include \"url\".", at: node.value) }
///         }
///     }
///
/// Nothing is built where nothing is wrong: rules compare bytes and booleans, and make texts only to report.
package protocol LintRule: SendableMetatype {
    /// What people read about the rule.
    static var profile: RuleProfile { get }

    /// The places that the rule looks at. A node is shown to it once, whichever of its interests it meets.
    static var interests: [NodeInterest] { get }

    /// A rule that has seen nothing yet.
    init()

    /// Takes the options that a ruleset gives the rule.
    ///
    /// - Throws: `RuleOptionError` where they mean nothing to it. By default every option does.
    mutating func configure(_ options: JSONValue) throws(RuleOptionError)

    /// Looks at a node.
    mutating func visit(_ node: LintNode, _ context: LintContext)

    /// Looks at a place that does not have the structure of the specification; only the rules of structure do.
    mutating func visit(_ problem: StructureProblem, _ context: LintContext)

    /// Speaks about the document as a whole, when the walk has been everywhere.
    mutating func finish(_ context: LintContext)
}

extension LintRule {
    /// Rules have no options.
    package mutating func configure(_ options: JSONValue) throws(RuleOptionError) {
        throw RuleOptionError(message: "the rule \(Self.profile.id) has no options", range: options.range)
    }

    /// Rules that look at nothing by themselves gather nothing.
    package mutating func visit(_ node: LintNode, _ context: LintContext) {}

    /// Rules leave structure to those whose business it is.
    package mutating func visit(_ problem: StructureProblem, _ context: LintContext) {}

    /// Rules have nothing to say at the end.
    package mutating func finish(_ context: LintContext) {}
}

/// A rule that looks at documents of any format, also such as are no descriptions at all.
package protocol AnyFormatRule: LintRule {}

/// A rule that looks at problems of structure.
package protocol StructureRule: LintRule {}

/// Options that mean nothing to a rule.
package struct RuleOptionError: Error, Sendable {
    /// Why.
    package let message: String
    /// Where they stand.
    package let range: SourceRange?

    /// An error.
    package init(message: String, range: SourceRange? = nil) {
        self.message = message
        self.range = range
    }
}
