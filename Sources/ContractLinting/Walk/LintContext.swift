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

    /// The strings of the `$ref`s through which the node was reached, outermost first. Empty where the walk from the
    /// root came by it, however many references lead there too.
    package internal(set) var references: [JSONValue] = []

    /// For a node of the kind `reference`: the object that should be behind it; nil where that is unknown.
    package internal(set) var referencedKind: ObjectKind?

    /// For a node of the kind `reference`: whether the specification permits a reference there.
    package internal(set) var isReferencePermitted = false

    /// Whether the walk is in a part that the grammar does not know, where things are taken for what they look like.
    package internal(set) var isUnexplained = false

    /// How the parts of files were reached that only references lead to.
    private var ways: [ObjectIdentifier: [(nodes: Range<Int>, references: [JSONValue])]] = [:]

    /// Finds the paths of findings.
    private var paths = PathFinder()

    /// What rules reported so far, with the values at fault.
    private var reports: [(finding: Finding, value: JSONValue?)] = []

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
    ///   - severity: How much it matters; nil: as much as findings of the rule do.
    package func report(
        _ message: String, at value: JSONValue, range: SourceRange, suggestion: String? = nil,
        severity: Severity? = nil
    ) {
        let finding = Finding(
            rule: current.rule.profile.id, severity: severity ?? current.severity, message: message,
            source: range.file.path, path: paths.path(to: value), range: range, references: references.map(\.range),
            suggestion: suggestion,
            documentation: current.documentation)
        reports.append((finding, value))
    }

    /// Everything that was reported. Only after the walk it is known how each file was reached.
    func findings() -> [Finding] {
        reports.map { finding, value in
            guard let value else { return finding }
            var complete = finding
            complete.references = way(to: value)?.map(\.range) ?? finding.references
            return complete
        }
    }

    /// Remembers that references lead to a node and what is in it.
    func note(way references: [JSONValue], to target: JSONValue) {
        ways[ObjectIdentifier(target.document), default: []].append(
            (target.index..<Int(target.node.next), references))
    }

    /// The references that lead to a place; none in the document itself, nil where nobody knows.
    private func way(to value: JSONValue) -> [JSONValue]? {
        if value.document === root.document { return [] }
        let around = ways[ObjectIdentifier(value.document)]?.filter { $0.nodes.contains(value.index) } ?? []
        return around.min { $0.nodes.count < $1.nodes.count }?.references
    }

    /// Reports a diagnostic of another part of Lintel as a finding of the current rule.
    ///
    /// - Parameters:
    ///   - diagnostic: What is wrong and where.
    ///   - value: The value that the place lies in; nil where nothing is known but the place.
    ///   - severity: How much it matters; nil: as much as findings of the rule do.
    package func report(_ diagnostic: Diagnostic, in value: JSONValue? = nil, severity: Severity? = nil) {
        if let value, let range = diagnostic.range {
            let exact = Self.node(at: range, in: value)
            let shown = range == exact.range ? Self.place(of: exact) : range
            return report(
                diagnostic.message, at: exact, range: shown, suggestion: diagnostic.suggestion, severity: severity)
        }
        if let place = diagnostic.range.flatMap({ document.located($0) }) {
            return report(
                diagnostic.message, at: place.value, range: place.range, suggestion: diagnostic.suggestion,
                severity: severity)
        }
        let finding = Finding(
            rule: current.rule.profile.id, severity: severity ?? current.severity, message: diagnostic.message,
            source: diagnostic.range?.file.path ?? root.document.file.path, range: diagnostic.range,
            suggestion: diagnostic.suggestion, documentation: current.documentation)
        reports.append((finding, nil))
    }

    /// The node with a range, at or below a value.
    private static func node(at range: SourceRange, in value: JSONValue) -> JSONValue {
        value.document.withView { view in
            for index in value.index..<Int(view[value.index].next) {
                let node = view[index]
                guard Int(node.lower) == range.lowerBound, Int(node.upper) == range.upperBound else { continue }
                // A name stands for its value.
                return JSONValue(document: value.document, index: node.flags.contains(.key) ? index + 1 : index)
            }
            return value
        }
    }

    /// Where a value is shown: large ones by their name, so that a report marks a line and not a page.
    package static func place(of value: JSONValue) -> SourceRange {
        switch value.kind {
        case .object, .array:
            if let name = value.keyRange { return name }
            let whole = value.range
            return SourceRange(file: whole.file, lowerBound: whole.lowerBound, upperBound: firstLineEnd(of: whole))
        default:
            // YAML writes null as nothing at all.
            let own = value.range
            return own.lowerBound < own.upperBound ? own : value.keyRange ?? own
        }
    }

    /// The end of the first line of a range.
    private static func firstLineEnd(of range: SourceRange) -> Int {
        let bytes = range.file.bytes
        return bytes[range.lowerBound..<range.upperBound].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? range.upperBound
    }
}
