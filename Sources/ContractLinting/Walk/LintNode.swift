import JSONDocuments

/// One place of a document while the walk stands on it.
package struct LintNode: Sendable {
    /// The value, with its file and range.
    package let value: JSONValue
    /// What it is.
    package let kind: NodeKind

    /// A place.
    init(_ value: JSONValue, _ kind: NodeKind) {
        self.value = value
        self.kind = kind
    }

    /// The value of a member; nil where there is none.
    package subscript(name: String) -> JSONValue? { value[name] }

    /// The name of the member that the node is the value of; nil for elements and roots.
    package var name: String? { value.key?.string }
}
