import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// What a rule knows beside the node that it looks at, and where it reports.
///
/// One context serves one walk over one document, on one thread.
package final class LintContext {
    /// The document with all its files.
    package let document: LintDocument
    /// The version that the document is read by.
    package let version: OpenAPIVersion

    /// The nodes around the one being visited, the outermost first: `document`, `paths`, `pathItem`… What stands behind
    /// a reference has the nodes around the reference before its own.
    package internal(set) var lineage: [LintNode] = []

    /// The strings of the `$ref`s through which the node was reached, outermost first. Empty where it stands in the
    /// document itself, however many references lead there too.
    package internal(set) var references: [JSONValue] = []

    /// For a node of the kind `reference`: the object that should be behind it; nil where that is unknown.
    package internal(set) var referencedKind: ObjectKind?

    /// For a node of the kind `reference`: whether the specification permits a reference there.
    package internal(set) var isReferencePermitted = false

    /// Whether the walk is in a part that the grammar does not know, where things are taken for what they look like.
    package internal(set) var isUnexplained = false

    /// What rules reported so far.
    private(set) var findings: [Finding] = []

    /// The rule whose turn it is.
    var current: ConfiguredRule

    /// Things that several rules want to know about the document, found when first asked for.
    package let facts: DocumentFacts

    /// A context at the beginning of a walk.
    init(_ document: LintDocument, version: OpenAPIVersion, first: ConfiguredRule) {
        self.document = document
        self.version = version
        current = first
        facts = DocumentFacts(document, version)
    }

    /// The value of the whole document.
    package var root: JSONValue { document.root }

    /// The node around the one being visited.
    package var parent: LintNode? { lineage.last }

    /// The nearest node of a kind around the one being visited.
    package func ancestor(_ kind: NodeKind) -> LintNode? { lineage.last { $0.kind == kind } }

    /// Whether a node of a kind stands around the one being visited.
    package func isInside(_ kind: NodeKind) -> Bool { lineage.contains { $0.kind == kind } }

    /// Follows `$ref`s from an object until one without is reached; nil where that leads nowhere.
    package func followed(_ value: JSONValue) -> JSONValue? { document.followed(value) }

    // MARK: - Reporting

    /// Reports a finding at a value.
    ///
    /// - Parameters:
    ///   - message: What is wrong, a sentence.
    ///   - value: The place: a scalar with its own range, an array or object with the range of its name where it has one.
    ///     For something absent, the object that lacks it.
    ///   - suggestion: What to do about it.
    package func report(_ message: String, at value: JSONValue, suggestion: String? = nil) {
        report(message, at: value, range: Self.place(of: value), suggestion: suggestion)
    }

    /// Reports a finding at the name of a member.
    ///
    /// - Parameters:
    ///   - message: What is wrong.
    ///   - value: The value of the member.
    ///   - suggestion: What to do about it.
    package func report(_ message: String, atNameOf value: JSONValue, suggestion: String? = nil) {
        report(message, at: value, range: value.keyRange ?? Self.place(of: value), suggestion: suggestion)
    }

    /// Reports a finding at a part of a value.
    ///
    /// - Parameters:
    ///   - message: What is wrong.
    ///   - value: The value, for the path.
    ///   - range: The place in the text.
    ///   - suggestion: What to do about it.
    package func report(
        _ message: String, at value: JSONValue, range: SourceRange, suggestion: String? = nil
    ) {
        findings.append(
            Finding(
                rule: current.rule.profile.id, severity: current.severity, message: message,
                source: range.file.path, path: value.pointer.tokens, range: range,
                references: references.map(\.range), suggestion: suggestion, documentation: current.documentation))
    }

    /// Reports a diagnostic of another part of Lintel as a finding of the current rule.
    package func report(_ diagnostic: Diagnostic) {
        findings.append(
            Finding(
                rule: current.rule.profile.id, severity: current.severity, message: diagnostic.message,
                source: diagnostic.range?.file.path ?? root.document.file.path, range: diagnostic.range,
                suggestion: diagnostic.suggestion, documentation: current.documentation))
    }

    /// Where a value is shown: large ones by their name, so that a report marks a line and not a page.
    private static func place(of value: JSONValue) -> SourceRange {
        switch value.kind {
        case .object, .array:
            if let name = value.keyRange { return name }
            let whole = value.range
            return SourceRange(file: whole.file, lowerBound: whole.lowerBound, upperBound: firstLineEnd(of: whole))
        default: return value.range
        }
    }

    /// The end of the first line of a range.
    private static func firstLineEnd(of range: SourceRange) -> Int {
        let bytes = range.file.bytes
        return bytes[range.lowerBound..<range.upperBound].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? range.upperBound
    }
}
