import JSONDocuments
import SourceDiagnostics

/// One difference between two versions of a contract.
struct ContractChange {
    /// The check's id.
    let check: String
    /// How much it matters.
    let severity: Severity
    /// What happened, without the operation.
    let message: String
    /// The operation, such as `POST /orders`; nil for what concerns the whole document.
    let operation: String?
    /// The place in the revision; for something that is gone, the nearest place that is still there.
    let revision: JSONValue
    /// The place in the base; nil for something new.
    let base: JSONValue?
}

/// What two reports of one change at one place have in common: a shared schema is reached from many operations.
struct ChangeIdentity: Hashable {
    /// The check.
    let check: String
    /// The sentence.
    let message: String
    /// The places.
    let places: [JSONValue]

    /// The identity of a change.
    init(_ change: ContractChange) {
        check = change.check
        message = change.message
        places = [change.revision] + (change.base.map { [$0] } ?? [])
    }
}
