import JSONDocuments
import MessageContracts
import OpenAPIDocuments
import SourceDiagnostics

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

    /// Whether a `$ref` of any of the files leads to a node, or into it.
    package func isReferenced(_ value: JSONValue) -> Bool {
        guard let targets = targets[ObjectIdentifier(value.document)] else { return false }
        var low = 0
        var high = targets.count
        while low < high {
            let middle = (low + high) / 2
            if targets[middle] < value.index { low = middle + 1 } else { high = middle }
        }
        return low < targets.count && targets[low] < Int(value.node.next)
    }

    /// What the gateway's own compiler says of the document; nothing where it cannot be loaded, which rules about its
    /// structure explain.
    private(set) lazy var compilation: [Diagnostic] = {
        guard let path = URIReference(document.files[0].address).filePath else { return [] }
        let loaded = DocumentLoader(files: document.contents).load(path)
        guard let found = loaded.document, !loaded.diagnostics.contains(where: { $0.severity == .error }) else {
            return []
        }
        return APIContract.compile(found).diagnostics
    }()

    /// Examples that rules want to have held against schemas.
    private(set) lazy var examples = ExampleChecker(document, version)

    /// The nodes of each file that references lead to, in ascending order.
    private lazy var targets: [ObjectIdentifier: [Int]] = {
        var nodes: [ObjectIdentifier: Set<Int>] = [:]
        for number in document.files.indices {
            for case (_, .target(let target)) in document.references(ofFile: number) {
                nodes[ObjectIdentifier(target.document), default: []].insert(target.index)
            }
        }
        return nodes.mapValues { $0.sorted() }
    }()
}
