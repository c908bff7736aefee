import ContractLinting
import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// Compares two versions of a document: what clients of the first can no longer rely on in the second, and what is new.
///
/// A request contract may only become wider, a response contract only narrower. What is told follows from the contract,
/// never from what a service might put up with; where the contract does not tell, the change is a warning.
package struct ContractComparison: Sendable {
    /// What was agreed about deprecations, and how much each check matters.
    package let policy: ComparisonPolicy

    /// A comparison by a policy.
    package init(_ policy: ComparisonPolicy) { self.policy = policy }

    /// Compares two documents.
    ///
    /// - Parameters:
    ///   - base: The document that clients keep to.
    ///   - revision: The document that is to replace it.
    /// - Returns: The changes as findings in the revision, each with the place in the base; in the order of the revision's
    ///   text. A change of a shared schema that many operations reach is told once.
    package func findings(from base: LintDocument, to revision: LintDocument) -> [Finding] {
        let run = ComparisonRun(ComparedDocument(base), ComparedDocument(revision), policy)
        run.run()
        var telling = ChangeTelling()
        return Self.merged(run.changes).compactMap { change, operations in
            let severity: Severity
            if let chosen = policy.severities[change.check] {
                guard let chosen else { return nil }
                severity = chosen
            } else {
                severity = change.severity
            }
            return telling.finding(change, operations, severity)
        }.inOrder(of: revision)
    }

    /// The most operations for each of which a change of a shared schema is told by itself.
    private static let fewOperations = 5

    /// The changes, each with the operations that it is told for.
    private static func merged(_ changes: [ContractChange]) -> [(ContractChange, [String])] {
        var merged: [(ContractChange, [String])] = []
        var places: [ChangeIdentity: Int] = [:]
        for change in changes {
            let identity = ChangeIdentity(change)
            if let place = places[identity] {
                if let operation = change.operation, !merged[place].1.contains(operation) {
                    merged[place].1.append(operation)
                }
            } else {
                places[identity] = merged.count
                merged.append((change, change.operation.map { [$0] } ?? []))
            }
        }
        return merged.flatMap { change, operations in
            operations.count > fewOperations || operations.isEmpty
                ? [(change, operations)] : operations.map { (change, [$0]) }
        }
    }
}

/// Makes findings of changes.
private struct ChangeTelling {
    /// Finds paths in the revision's files.
    private var paths = PathFinder()

    /// A change as a finding.
    mutating func finding(_ change: ContractChange, _ operations: [String], _ severity: Severity) -> Finding {
        let range = Self.place(of: change.revision)
        return Finding(
            rule: change.check, severity: severity, message: Self.sentence(change.message, operations),
            source: range.file.path, path: paths.path(to: change.revision), range: range,
            previous: change.base.map(Self.place))
    }

    /// The message with the operations before it.
    private static func sentence(_ message: String, _ operations: [String]) -> String {
        guard let first = operations.first else { return message }
        return operations.count == 1
            ? "\(first): \(message)" : "\(first) and \(operations.count - 1) more operations: \(message)"
    }

    /// Where a value is shown: what is large by its name.
    private static func place(of value: JSONValue) -> SourceRange { LintContext.place(of: value) }
}
