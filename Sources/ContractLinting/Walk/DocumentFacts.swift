import JSONDocuments
import OpenAPIDocuments

/// Things that several rules want to know about a document, each found when first asked for.
package final class DocumentFacts {
    /// The document.
    private let document: LintDocument
    /// The version that it is read by.
    private let version: OpenAPIVersion

    /// Nothing is known yet.
    init(_ document: LintDocument, _ version: OpenAPIVersion) {
        self.document = document
        self.version = version
    }

    /// Every node that a `$ref` in any of the files leads to.
    package private(set) lazy var referencedNodes: Set<JSONValue> = {
        var nodes: Set<JSONValue> = []
        for number in document.files.indices {
            for case (_, .target(let target)) in document.references(ofFile: number) { nodes.insert(target) }
        }
        return nodes
    }()
}
