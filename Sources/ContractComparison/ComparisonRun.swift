import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// One comparison in progress: the two documents, and what was found so far.
final class ComparisonRun {
    /// The document that clients keep to.
    let base: ComparedDocument
    /// The document that is to replace it.
    let revision: ComparedDocument
    /// What was agreed.
    let policy: ComparisonPolicy

    /// What changed, in the order in which it was met.
    private(set) var changes: [ContractChange] = []
    /// Which schemas say the same.
    var sameness: SchemaSameness
    /// The pairs of schemas that wait for their turn.
    var pending: [(JSONValue, JSONValue, SchemaScope)] = []
    /// The pairs of schemas that the walk from the current outermost schema has been at.
    var visited: Set<SchemaSameness.Pair> = []

    /// A comparison that has not begun.
    init(_ base: ComparedDocument, _ revision: ComparedDocument, _ policy: ComparisonPolicy) {
        self.base = base
        self.revision = revision
        self.policy = policy
        sameness = SchemaSameness(base, revision)
    }

    /// Reports a change that concerns an operation or the whole document.
    ///
    /// - Parameters:
    ///   - check: The check's id; one that is no check's is told as an error, so that no break hides behind a misspelling.
    ///   - message: What happened.
    ///   - place: Where, in the revision.
    ///   - before: Where it stood in the base.
    ///   - operation: The operation it concerns.
    ///   - severity: How much it matters; nil: as much as changes of the check do.
    func report(
        _ check: String, _ message: String, at place: JSONValue, before: JSONValue? = nil, in operation: String? = nil,
        severity: Severity? = nil
    ) {
        changes.append(
            ContractChange(
                check: check, severity: severity ?? CheckCatalogue.severity(of: check) ?? .error, message: message,
                operation: operation, revision: place, base: before))
    }

    /// Reports what happened to a schema.
    ///
    /// - Parameters:
    ///   - change: What happened, as the check's id ends: `max-decreased`.
    ///   - scope: Where the schema stands.
    ///   - message: What happened, with `scope.words`.
    ///   - place: Where, in the revision.
    ///   - before: Where it stood in the base.
    ///   - severity: How much it matters; nil: as much as changes of the check do.
    func report(
        _ change: String, _ scope: SchemaScope, _ message: String, at place: JSONValue, before: JSONValue? = nil,
        severity: Severity? = nil
    ) {
        // Few checks make a difference for what one side should not write; it is looked at where it is written all the same.
        for name in [scope.place, scope.place.general] {
            guard let usual = CheckCatalogue.severity(of: change, at: name) else { continue }
            return report(
                "\(name.rawValue)-\(change)", message, at: place, before: before, in: scope.operation,
                severity: severity ?? usual)
        }
    }

    /// What a part of the comparison would report, without reporting it.
    func trial(_ body: () -> Void) -> [ContractChange] {
        let before = (changes, visited, pending)
        (changes, pending) = ([], [])
        body()
        comparePending()
        defer { (changes, visited, pending) = before }
        return changes
    }

    /// A value as messages show it.
    static func told(_ value: JSONValue?) -> String {
        guard let value else { return "none" }
        let text = JSONWriter.text(of: value)
        return text.count > 80 ? "\(text.prefix(77))…" : text
    }

    /// Names as messages show them.
    static func told(_ names: some Sequence<String>) -> String {
        let all = names.map { "`\($0)`" }
        return all.count > 6
            ? all.prefix(5).joined(separator: ", ") + " and \(all.count - 5) more" : all.joined(separator: ", ")
    }
}
